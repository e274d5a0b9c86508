import { Id } from '@polyphony/contracts';
import { z } from 'zod';

const ofStep = z.strictObject({ stepId: Id });
const ofComparison = z.strictObject({ comparisonId: Id });

/**
 * Every job there is: the queue it goes through and what it carries, which is ids only. `answer` jobs go through one
 * queue per provider, so that a slow provider holds up nobody else.
 */
export const jobs = {
  answer: { queue: 'answers', payload: z.strictObject({ answerId: Id }) },
  summarise: { queue: 'steps', payload: ofStep },
  digest: { queue: 'steps', payload: ofStep },
  rank: { queue: 'steps', payload: ofStep },
  synthesise: { queue: 'steps', payload: ofStep },
  deadline: { queue: 'timers', payload: ofComparison },
  grace: { queue: 'timers', payload: ofComparison },
  discover: { queue: 'timers', payload: z.strictObject({ provider: z.string() }) },
  sweep: { queue: 'timers', payload: z.strictObject({}) },
} as const;

export type JobName = keyof typeof jobs;
export type JobPayload<N extends JobName> = z.infer<(typeof jobs)[N]['payload']>;

/** A job to be queued. `id` makes adding it twice the same as adding it once; it may not contain a colon. */
export type NewJob = {
  [N in JobName]: { name: N; payload: JobPayload<N>; id: string; delayMs?: number } & (N extends 'answer'
    ? { provider: string }
    : object);
}[JobName];

/** The queue of a job: its catalogue entry, per provider where the job names one. */
export function queueOf(job: { name: JobName; provider?: string }): string {
  const { queue } = jobs[job.name];
  return job.provider === undefined ? queue : answersQueue(job.provider);
}

export function answersQueue(provider: string): string {
  return `answers-${provider}`;
}

/** The queues every deployment has, besides one for the answers of each provider. */
export const sharedQueues = ['steps', 'timers'] as const;

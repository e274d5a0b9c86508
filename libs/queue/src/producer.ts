import type { Queue } from 'bullmq';
import type { QueueBackend } from './backend.js';
import { type JobName, type NewJob, answersQueue, jobs, queueOf, sharedQueues } from './catalogue.js';

/** Puts jobs into their queues. What is lost on the way is put there again by the sweep, from the rows. */
export class JobProducer {
  private readonly queues = new Map<string, Queue>();

  constructor(
    private readonly backend: QueueBackend,
    private readonly onTrouble: (error: unknown) => void,
  ) {}

  /** Jobs on their way into a queue. */
  backlog = 0;

  /**
   * Queues jobs after the transaction that made them due has committed. A queue that does not answer is reported, not
   * thrown: the rows say what is due, and the sweep brings it back. False when some may not have been queued.
   */
  async add(newJobs: readonly NewJob[]): Promise<boolean> {
    const byQueue = new Map<string, NewJob[]>();
    for (const job of newJobs) {
      const name = queueOf(job);
      byQueue.set(name, [...(byQueue.get(name) ?? []), job]);
    }
    this.backlog += newJobs.length;
    const results = await Promise.allSettled([...byQueue].map(([queue, list]) => this.addTo(queue, list)));
    this.backlog -= newJobs.length;
    for (const result of results) if (result.status === 'rejected') this.onTrouble(result.reason);
    return results.every((result) => result.status === 'fulfilled');
  }

  /** Makes a job recur. Calling it again changes nothing. */
  async recur(name: JobName, everyMs: number): Promise<void> {
    await this.open(jobs[name].queue).upsertJobScheduler(name, { every: everyMs }, { name, data: {}, opts: jobOptions });
  }

  /** The BullMQ queues themselves, for a dashboard. */
  dashboardQueues(providers: readonly string[]): Queue[] {
    return [...providers.map(answersQueue), ...sharedQueues].map((name) => this.open(name));
  }

  /** Jobs waiting, active, delayed and failed by queue, for metrics. */
  async counts(providers: readonly string[]): Promise<Record<string, Record<string, number>>> {
    const queues = this.dashboardQueues(providers);
    const counts = await Promise.all(queues.map((queue) => queue.getJobCounts('waiting', 'active', 'delayed', 'failed')));
    return Object.fromEntries(queues.map((queue, place) => [queue.name, counts[place]!]));
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.queues.values()].map((queue) => queue.close()));
  }

  private async addTo(queue: string, list: NewJob[]): Promise<void> {
    const bulk = list.map((job) => ({
      name: job.name,
      data: jobs[job.name].payload.parse(job.payload),
      opts: { ...jobOptions, jobId: job.id, ...(job.delayMs ? { delay: Math.ceil(job.delayMs) } : {}) },
    }));
    if (bulk.length > 1 && this.backend.bulkIsCheap) await this.open(queue).addBulk(bulk);
    else await Promise.all(bulk.map(({ name, data, opts }) => this.open(queue).add(name, data, opts)));
  }

  private open(name: string): Queue {
    let queue = this.queues.get(name);
    if (!queue) {
      queue = this.backend.queue(name);
      queue.on('error', this.onTrouble);
      this.queues.set(name, queue);
    }
    return queue;
  }
}

const jobOptions = { attempts: 1, removeOnComplete: true, removeOnFail: { count: 500 } };

import { Injectable } from '@nestjs/common';
import { parseModelId } from '@polyphony/contracts';
import { JobQueue, type NewJob } from '@polyphony/queue';
import { AnswerRepository, ComparisonRepository, Database, StepRepository, UpkeepRepository } from '@polyphony/storage';
import { AnswerRecorder, modelAt } from './answer-recorder.js';
import { ComparisonControl } from './control.js';
import { leaseMs } from './leases.js';
import { Progress } from './progress.js';
import { Transitions } from './transitions.js';

/** How often the house is swept, in milliseconds. */
export const sweepEveryMs = 2_000;
/** The heartbeat a sweep leaves; readiness looks at it, because a sweep proves that jobs are consumed. */
export const sweepBeat = 'sweep';

/** An answer that has waited this long may have lost its job. */
const jobLostAfterMs = 10_000;

/** Puts right whatever a crash, a lost job or a lost message left behind. Works from rows alone, so it may run at any time. */
@Injectable()
export class Sweep {
  constructor(
    private readonly database: Database,
    private readonly queue: JobQueue,
    private readonly transitions: Transitions,
    private readonly comparisons: ComparisonRepository,
    private readonly answers: AnswerRepository,
    private readonly steps: StepRepository,
    private readonly upkeep: UpkeepRepository,
    private readonly recorder: AnswerRecorder,
    private readonly control: ComparisonControl,
    private readonly progress: Progress,
  ) {}

  /** Does nothing when another worker has just swept. */
  async run(): Promise<void> {
    const { direct } = this.database;
    if (!(await this.upkeep.beat(direct, sweepBeat, sweepEveryMs / 2))) return;
    await this.repair();
  }

  /** The sweep without its heartbeat, for when the queue no longer brings it round. */
  async repair(): Promise<void> {
    const { direct } = this.database;
    for (const { id, attempt, comparisonId } of await this.answers.lost(direct, leaseMs))
      await this.recorder.takeBack(id, attempt, comparisonId);
    for (const id of await this.comparisons.overdue(direct)) await this.control.clock(id);
    await this.requeueLostJobs();
    for (const id of await this.comparisons.stuck(direct))
      await this.transitions.run(id, (transition) => this.progress.advance(transition));
    await this.upkeep.trimLogs(direct, 50);
  }

  /** Milliseconds since the last sweep anywhere; null when there never was one. */
  sinceLast(): Promise<number | null> {
    return this.upkeep.sinceBeat(this.database.direct, sweepBeat);
  }

  /** Rows that should have a job get one more; if the old one still exists, whichever comes second finds nothing to claim. */
  private async requeueLostJobs(): Promise<void> {
    const { direct } = this.database;
    const jobs: NewJob[] = [];
    const period = Math.floor(Date.now() / (3 * jobLostAfterMs)); // the same id within a period: one more job, not one per sweep
    for (const answer of await this.answers.waiting(direct, jobLostAfterMs)) {
      const model = modelAt({ model: answer.model, fallbacks: answer.fallbacks }, answer.modelIndex);
      jobs.push({
        name: 'answer',
        payload: { answerId: answer.id },
        provider: parseModelId(model).provider,
        id: `answer-${answer.id}-${answer.attempt + 1}-${period}`,
      });
    }
    for (const step of await this.steps.abandoned(direct, jobLostAfterMs, leaseMs))
      jobs.push({ name: step.kind, payload: { stepId: step.id }, id: `${step.kind}-${step.id}-${step.attempt + 1}-${period}` });
    if (jobs.length) await this.queue.producer.add(jobs);
  }
}

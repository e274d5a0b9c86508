import { Injectable } from '@nestjs/common';
import type { EventBody } from '@polyphony/contracts';
import { EventLog, type Fence, type NewEvent } from '@polyphony/events';
import { JobQueue, type NewJob } from '@polyphony/queue';
import { type ComparisonEntity, ComparisonRepository, Database, type Tx } from '@polyphony/storage';
import { stopPage } from './control-message.js';

/** One change of a comparison's state: everything that is said, stored and set going by it, together. */
export class Transition {
  readonly events: NewEvent[] = [];
  readonly jobs: NewJob[] = [];
  readonly stop: string[] = [];

  constructor(
    readonly tx: Tx,
    /** Locked until the transition ends; kept up to date by `patch`. */
    readonly comparison: ComparisonEntity,
    private readonly comparisons: ComparisonRepository,
  ) {}

  get id(): string {
    return this.comparison.id;
  }

  emit(body: EventBody, fence?: Fence): void {
    this.events.push({ comparisonId: this.id, body, ...(fence && { fence }) });
  }

  /** Queues a job once this has committed. */
  enqueue(job: NewJob): void {
    this.jobs.push(job);
  }

  /** Tells whichever worker runs this answer or step to stop, once this has committed. */
  stopWork(id: string): void {
    this.stop.push(id);
  }

  async patch(change: Partial<ComparisonEntity>): Promise<void> {
    Object.assign(this.comparison, change);
    await this.comparisons.patch(this.tx, this.id, change);
  }
}

/** Store, commit, announce: runs changes of state so that they cannot be told before they are true. */
@Injectable()
export class Transitions {
  constructor(
    private readonly database: Database,
    private readonly comparisons: ComparisonRepository,
    private readonly log: EventLog,
    private readonly queue: JobQueue,
  ) {}

  /**
   * Locks the comparison, runs `work`, appends what it emitted and commits; then wakes watchers, queues jobs and stops
   * workers. Null when there is no such comparison. `work` may run again after a deadlock: it must only touch `transition`.
   */
  async run<T>(comparisonId: string, work: (transition: Transition) => Promise<T>): Promise<T | null> {
    let transition: Transition | undefined;
    const result = await this.database.transaction(async (tx) => {
      const comparison = await this.comparisons.lock(tx, comparisonId);
      if (!comparison) return null;
      transition = new Transition(tx, comparison, this.comparisons);
      const value = await work(transition);
      await this.log.appendIn(tx, transition.events);
      return { value };
    });
    if (!result || !transition) return null;
    await this.afterCommit(transition);
    return result.value;
  }

  private async afterCommit({ id, events, jobs, stop }: Transition): Promise<void> {
    if (events.length) this.log.announce([id]);
    for (let from = 0; from < stop.length; from += stopPage)
      // A lost message costs seconds, not money for ever: the worker also notices when it next renews its lease.
      await this.log.wakeUps.sendControl(JSON.stringify({ stop: stop.slice(from, from + stopPage) })).catch(() => undefined);
    if (jobs.length) await this.queue.producer.add(jobs);
  }
}

import type { Job, Worker } from 'bullmq';
import type { QueueBackend } from './backend.js';
import { type JobName, answersQueue, jobs } from './catalogue.js';
import type { JobHandler } from './handler.js';

export type Handlers = ReadonlyMap<JobName, JobHandler<JobName>>;

/** How many jobs of a queue this process works on at once. */
export type Concurrency = ReadonlyMap<string, number>;

/** Takes jobs from the queues of this process and gives each to its handler. */
export class JobHost {
  private readonly workers: Worker[] = [];

  constructor(
    private readonly backend: QueueBackend,
    private readonly handlers: Handlers,
    private readonly onTrouble: (error: unknown, job?: { name: string; id?: string }) => void,
  ) {
    const missing = (Object.keys(jobs) as JobName[]).filter((name) => !handlers.has(name));
    if (missing.length) throw new Error(`No handler is declared for: ${missing.join(', ')}`);
  }

  /** Starts consuming. Resolves when every queue is connected. */
  async start(concurrency: Concurrency): Promise<void> {
    for (const [queue, limit] of concurrency) {
      const worker = this.backend.worker(queue, (job: Job) => this.process(job), {
        concurrency: limit,
        lockDuration: 15_000,
        stalledInterval: 10_000,
        drainDelay: 5,
        runRetryDelay: 1_000, // after a broken connection; the default of 15 s would be everybody's wait
      });
      worker.on('error', (error) => this.onTrouble(error));
      worker.on('failed', (job, error) => this.onTrouble(error, job && { name: job.name, id: job.id }));
      this.workers.push(worker);
    }
    await Promise.all(this.workers.map((worker) => worker.waitUntilReady()));
  }

  /** Takes no further job; resolves when the running ones have ended. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.workers.map((worker) => worker.close()));
  }

  private async process(job: Job): Promise<void> {
    const name = job.name as JobName;
    const handler = this.handlers.get(name);
    if (!handler) throw new Error(`A job named ${job.name} is not in the catalogue`);
    await handler.handle(jobs[name].payload.parse(job.data) as never);
  }
}

/** The queues a worker consumes: the answers of each provider at its own concurrency, steps and timers. */
export function concurrencyOf(connections: readonly { id: string; concurrency: number }[]): Concurrency {
  return new Map([
    ...connections.map(({ id, concurrency }) => [answersQueue(id), concurrency] as const),
    ['steps', 100],
    ['timers', 8],
  ]);
}

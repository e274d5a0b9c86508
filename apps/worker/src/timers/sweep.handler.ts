import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Sweep, sweepEveryMs } from '@polyphony/comparisons';
import { Handles, type JobHandler, JobQueue } from '@polyphony/queue';

/**
 * The recurring sweep goes through the queue, which proves that jobs are consumed. Should the queue have forgotten it (a
 * flushed Redis), every worker notices by itself: it sweeps at once and makes the job recur again.
 */
@Injectable()
@Handles('sweep')
export class SweepHandler implements JobHandler<'sweep'>, OnApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly sweep: Sweep,
    private readonly queue: JobQueue,
  ) {}

  handle(): Promise<void> {
    return this.sweep.run();
  }

  async start(onTrouble: (error: unknown) => void): Promise<void> {
    await this.queue.producer.recur('sweep', sweepEveryMs).catch(onTrouble);
    this.timer = setInterval(() => void this.check().catch(onTrouble), 2 * sweepEveryMs);
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private async check(): Promise<void> {
    const since = await this.sweep.sinceLast();
    if (since !== null && since < 2.5 * sweepEveryMs) return;
    await this.sweep.repair();
    await this.queue.producer.recur('sweep', sweepEveryMs);
  }
}

import { Injectable } from '@nestjs/common';
import { Sweep } from '@polyphony/comparisons';
import { EventLog } from '@polyphony/events';
import { JobQueue } from '@polyphony/queue';
import { Database } from '@polyphony/storage';
import { ApiSettings } from '../api-settings.js';

const patienceMs = 1_500;
/** A sweep goes through the queue every two seconds; this long without one means that nobody consumes jobs. */
const workersSilentMs = 30_000;

export interface Check {
  ok: boolean;
  detail?: string;
}

/** Looks whether a comparison asked now would be answered: database, queue, event log, and workers that really consume. */
@Injectable()
export class Readiness {
  constructor(
    private readonly database: Database,
    private readonly log: EventLog,
    private readonly queue: JobQueue,
    private readonly sweep: Sweep,
    private readonly settings: ApiSettings,
  ) {}

  async checks(): Promise<Record<'database' | 'queue' | 'eventLog' | 'workers', Check>> {
    const [database, queue, workers] = await Promise.all([
      attempt(async () => ((await this.database.isMigrated()) ? { ok: true } : { ok: false, detail: 'migrations are missing' })),
      attempt(async () => {
        await this.queue.producer.counts(this.settings.providers);
        return { ok: true };
      }),
      attempt(async () => {
        const since = await this.sweep.sinceLast();
        if (since === null) return { ok: false, detail: 'no worker has consumed a job yet' };
        return since < workersSilentMs
          ? { ok: true }
          : { ok: false, detail: `no worker has consumed a job for ${Math.round(since / 1000)} s` };
      }),
    ]);
    const eventLog = this.log.wakeUps.connected()
      ? { ok: true }
      : { ok: false, detail: 'wake-ups are not connected; events arrive with delay' };
    return { database, queue, eventLog, workers };
  }
}

/** A check that throws or does not answer in time has failed; what it threw may hold addresses, so it is not shown. */
async function attempt(check: () => Promise<Check>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Check>(
    (resolve) => (timer = setTimeout(() => resolve({ ok: false, detail: 'does not answer' }), patienceMs)),
  );
  try {
    return await Promise.race([check(), late]);
  } catch {
    return { ok: false, detail: 'cannot be reached' };
  } finally {
    clearTimeout(timer);
  }
}

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ControlMessage, Leases, renewEveryMs } from '@polyphony/comparisons';
import { EventLog } from '@polyphony/events';
import { v7 as uuid } from 'uuid';

/** Why work is to stop: it was stopped or taken away from outside, or this process is going away. */
export type StopReason = 'stopped' | 'draining';

/** One claimed answer or step while it is being worked on. */
export interface Work {
  readonly signal: AbortSignal;
  /** Null while it may go on. */
  reason(): StopReason | null;
  stop(reason: StopReason): void;
  end(): void;
}

/**
 * Everything this process works on now: renews its leases, stops what was taken away or cancelled, and on shutdown stops
 * what has not ended in time.
 */
@Injectable()
export class WorkRegistry implements OnApplicationShutdown {
  /** Names this process in leases. A new process is a new owner, whatever it is called. */
  readonly owner = uuid();
  private readonly running = new Map<string, { key: string; work: Work; since: number }>();
  private readonly timer: NodeJS.Timeout;
  private renewing = false;
  private draining = false;

  constructor(
    private readonly leases: Leases,
    log: EventLog,
  ) {
    log.wakeUps.onControl((message) => this.control(message));
    this.timer = setInterval(() => void this.renew(), renewEveryMs);
  }

  /** Puts a claim under supervision. */
  begin(id: string, attempt: number): Work {
    const controller = new AbortController();
    let reason: StopReason | null = null;
    const work: Work = {
      signal: controller.signal,
      reason: () => reason,
      stop: (why) => {
        reason ??= why;
        controller.abort();
      },
      end: () => {
        if (this.running.get(id)?.work === work) this.running.delete(id);
      },
    };
    this.running.set(id, { key: `${id}:${attempt}`, work, since: Date.now() });
    if (this.draining) work.stop('draining');
    return work;
  }

  get size(): number {
    return this.running.size;
  }

  /** Stops everything that still runs, so that it is handed back. */
  stopAll(): void {
    this.draining = true;
    for (const { work } of this.running.values()) work.stop('draining');
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private control(message: string): void {
    const parsed = ControlMessage.safeParse(safeJson(message));
    if (parsed.success) for (const id of parsed.data.stop) this.running.get(id)?.work.stop('stopped');
  }

  private async renew(): Promise<void> {
    if (this.renewing || this.running.size === 0) return;
    this.renewing = true;
    const asked = Date.now();
    try {
      const held = await this.leases.renew(this.owner, [...this.running.keys()]);
      for (const { key, work, since } of this.running.values()) if (since < asked && !held.has(key)) work.stop('stopped');
    } catch {
      // The database is away: nobody else can claim either, and a superseded attempt is refused when it writes.
    } finally {
      this.renewing = false;
    }
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

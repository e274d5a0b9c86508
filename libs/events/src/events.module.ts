import { type DynamicModule, Global, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { openPool } from '@polyphony/postgres';
import type { Pool } from 'pg';
import { type NewEvent, type SqlRunner, append } from './append.js';
import { DeltaFlusher } from './delta-flusher.js';
import { LogReader } from './log-reader.js';
import { EventTail } from './tail.js';
import { PostgresWakeUps, RedisWakeUps, type WakeUps } from './wake-ups.js';

export interface EventsOptions {
  readonly databaseUrl: string;
  readonly redisUrl?: string;
  readonly poolSize: number;
  /** How long deltas may gather before they are written together, in milliseconds. */
  readonly flushMs: number;
  readonly onTrouble: (error: unknown) => void;
}

/** The event logs of all comparisons, as one process uses them. */
@Injectable()
export class EventLog implements OnApplicationShutdown {
  readonly flusher: DeltaFlusher;
  readonly tail: EventTail;
  readonly reader: LogReader;

  private constructor(
    private readonly pool: Pool,
    readonly wakeUps: WakeUps,
    options: EventsOptions,
  ) {
    this.reader = new LogReader(pool);
    this.flusher = new DeltaFlusher(pool, wakeUps, options.flushMs, options.onTrouble);
    this.tail = new EventTail(this.reader, wakeUps, options.onTrouble);
  }

  static async open(options: EventsOptions): Promise<EventLog> {
    const pool = openPool({ url: options.databaseUrl, max: options.poolSize, applicationName: 'polyphony-events' });
    const wakeUps = options.redisUrl ? new RedisWakeUps(options.redisUrl) : new PostgresWakeUps(pool, options.databaseUrl);
    await wakeUps.listen();
    return new EventLog(pool, wakeUps, options);
  }

  /** Appends inside the caller's transaction. Call `announce` after it has committed. */
  appendIn(tx: SqlRunner, events: readonly NewEvent[]): Promise<number[]> {
    return append(tx, events, this.wakeUps.channel);
  }

  /** The channel to notify for appends made inside the database by its own functions; null where `announce` does it. */
  get channel(): string | null {
    return this.wakeUps.channel;
  }

  /** Wakes whoever watches these comparisons, where committing alone did not. */
  announce(comparisonIds: readonly string[]): void {
    this.wakeUps.announce(comparisonIds);
  }

  async onApplicationShutdown(): Promise<void> {
    this.tail.close();
    await this.wakeUps.close();
    await this.pool.end();
  }
}

@Global()
@Module({})
export class EventsModule {
  static open(options: EventsOptions): DynamicModule {
    return {
      module: EventsModule,
      providers: [{ provide: EventLog, useFactory: () => EventLog.open(options) }],
      exports: [EventLog],
    };
  }
}

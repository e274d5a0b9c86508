import { Redis } from 'ioredis';
import pg, { type Client, type Pool } from 'pg';
import { EVENTS_CHANNEL } from './append.js';

const CONTROL_CHANNEL = 'polyphony_control';

/**
 * Hints between processes: "these logs have grown" and short control messages. A lost hint costs delay, never data:
 * whoever listens also looks by itself now and then.
 */
export interface WakeUps {
  /** The channel `append` itself notifies when it commits, or null where `announce` has to be called after it. */
  readonly channel: string | null;
  announce(comparisonIds: readonly string[]): void;
  onEvents(listener: (comparisonIds: string[]) => void): void;
  sendControl(message: string): Promise<void>;
  onControl(listener: (message: string) => void): void;
  /** Whether hints are arriving now. */
  connected(): boolean;
  close(): Promise<void>;
}

abstract class Listeners {
  private readonly events: ((comparisonIds: string[]) => void)[] = [];
  private readonly controls: ((message: string) => void)[] = [];

  onEvents(listener: (comparisonIds: string[]) => void): void {
    this.events.push(listener);
  }

  onControl(listener: (message: string) => void): void {
    this.controls.push(listener);
  }

  protected received(channel: string, message: string): void {
    if (channel === EVENTS_CHANNEL) for (const listener of this.events) listener(message.split(','));
    else if (channel === CONTROL_CHANNEL) for (const listener of this.controls) listener(message);
  }
}

/** NOTIFY on PostgreSQL alone: the append notifies in its own transaction. */
export class PostgresWakeUps extends Listeners implements WakeUps {
  readonly channel = EVENTS_CHANNEL;
  private client: Client | null = null;
  private closed = false;

  constructor(
    private readonly pool: Pool,
    private readonly url: string,
  ) {
    super();
  }

  async listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      keepAlive: true,
      connectionTimeoutMillis: 5000,
      application_name: 'polyphony-wake-ups',
    });
    let ended = false;
    client.on('notification', ({ channel, payload }) => this.received(channel, payload ?? ''));
    client.on('error', () => undefined);
    client.on('end', () => {
      ended = true;
      if (this.client === client) this.lost();
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${EVENTS_CHANNEL}; LISTEN ${CONTROL_CHANNEL}`);
      if (ended || this.closed) throw new Error('The connection for wake-ups ended while it was being opened.');
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    this.client = client;
  }

  announce(): void {
    // the append has notified already
  }

  async sendControl(message: string): Promise<void> {
    await this.pool.query(`SELECT pg_notify($1, $2)`, [CONTROL_CHANNEL, message]);
  }

  connected(): boolean {
    return this.client !== null;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.client?.end().catch(() => undefined);
  }

  private lost(): void {
    this.client = null;
    if (this.closed) return;
    setTimeout(() => {
      if (!this.closed) this.listen().catch(() => this.lost());
    }, 250).unref();
  }
}

/** Redis pub/sub where there is Redis. */
export class RedisWakeUps extends Listeners implements WakeUps {
  readonly channel = null;
  private readonly publisher: Redis;
  private readonly subscriber: Redis;

  constructor(url: string) {
    super();
    const options = { lazyConnect: true, maxRetriesPerRequest: 1, enableOfflineQueue: false, retryStrategy: () => 250 };
    this.publisher = new Redis(url, options);
    this.subscriber = new Redis(url, { ...options, enableOfflineQueue: true, maxRetriesPerRequest: null });
    for (const client of [this.publisher, this.subscriber]) client.on('error', () => undefined);
    this.subscriber.on('message', (channel: string, message: string) => this.received(channel, message));
  }

  async listen(): Promise<void> {
    await Promise.all([this.publisher.connect(), this.subscriber.connect()]);
    await this.subscriber.subscribe(EVENTS_CHANNEL, CONTROL_CHANNEL);
  }

  announce(comparisonIds: readonly string[]): void {
    if (comparisonIds.length)
      this.publisher.publish(EVENTS_CHANNEL, [...new Set(comparisonIds)].join(',')).catch(() => undefined);
  }

  async sendControl(message: string): Promise<void> {
    await this.publisher.publish(CONTROL_CHANNEL, message);
  }

  connected(): boolean {
    return this.subscriber.status === 'ready';
  }

  async close(): Promise<void> {
    this.publisher.disconnect();
    this.subscriber.disconnect();
  }
}

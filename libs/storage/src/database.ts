import { poolSettings } from '@polyphony/postgres';
import { DataSource, type EntityManager } from 'typeorm';
import { entities } from './entities/index.js';
import { migrations } from './migrations/index.js';

/** A transaction. Other rooms pass it on; only repositories look inside. */
export type Tx = EntityManager;

/** How many connections a process may hold, and how it names itself to the server. */
export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly applicationName: string;
  /** How long to wait for a connection, in milliseconds; five seconds unless said. */
  readonly connectTimeoutMs?: number;
  /** How long one statement may take, in milliseconds; thirty seconds unless said, 0 for ever. */
  readonly statementTimeoutMs?: number;
}

/** The one connection pool of a process. Everything that must last goes through it. */
export class Database {
  private constructor(private readonly source: DataSource) {}

  /** Connects; rejects when the server cannot be reached in time. */
  static async connect(options: DatabaseOptions): Promise<Database> {
    const source = new DataSource({
      type: 'postgres',
      url: options.url,
      entities,
      migrations,
      migrationsTransactionMode: 'each',
      synchronize: false,
      logging: false,
      poolErrorHandler: () => undefined, // a broken idle connection is replaced at its next use
      extra: poolSettings({ ...options, max: options.poolSize }),
    });
    return new Database(await source.initialize());
  }

  /** Opens so many connections ahead of the first rush: each costs a handshake that is slow on purpose. */
  async warmUp(connections: number): Promise<void> {
    await Promise.all(Array.from({ length: connections }, () => this.source.query(`SELECT pg_sleep(0.05)`)));
  }

  /** For reads and single statements that need no transaction of their own. */
  get direct(): Tx {
    return this.source.manager;
  }

  /**
   * Runs `work` in one READ COMMITTED transaction: all of it or nothing. A transaction that PostgreSQL chose to break
   * (deadlock, serialization) is run again from the start, so `work` must not touch anything but the database.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.source.transaction(work);
      } catch (error) {
        if (attempt >= 3 || !isTransient(error)) throw error;
      }
    }
  }

  /** Runs reads that all see the database as of one moment. */
  snapshot<T>(read: (tx: Tx) => Promise<T>): Promise<T> {
    return this.source.transaction('REPEATABLE READ', read);
  }

  /** Applies what migrations are missing; several processes may call it at once. Returns the names applied. */
  async migrate(): Promise<string[]> {
    const runner = this.source.createQueryRunner();
    try {
      await runner.query(`SELECT pg_advisory_lock(${migrationLock})`);
      return (await this.source.runMigrations()).map((migration) => migration.name);
    } finally {
      await runner.query(`SELECT pg_advisory_unlock(${migrationLock})`).catch(() => undefined);
      await runner.release();
    }
  }

  /** Whether every migration this build knows has been applied. */
  async isMigrated(): Promise<boolean> {
    return !(await this.source.showMigrations());
  }

  async close(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }
}

const migrationLock = 0x706f_6c79; // "poly": any constant that nothing else on the server uses

function isTransient(error: unknown): boolean {
  const code = (error as { code?: string }).code;
  return code === '40P01' || code === '40001';
}

/** Whether an error says that the database cannot be reached or refuses work now, rather than that a statement is wrong. */
export function isUnavailable(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  if (!code)
    return /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i.test(
      message ?? '',
    );
  return (
    /^(08|53|57P|25006)/.test(code) ||
    ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENOTFOUND'].includes(code)
  );
}

import pg from 'pg';
import { PreparingClient } from './preparing-client.js';

/** A pool of connections to one database. */
export interface PoolOptions {
  readonly url: string;
  readonly max: number;
  /** How the connections name themselves to the server. */
  readonly applicationName: string;
  /** Schemas to look in; the database's own choice unless said. */
  readonly searchPath?: string;
  /** Commits need not wait for the disk: what a crash of the server takes back is made again from elsewhere. */
  readonly forgetful?: boolean;
  /** How long to wait for a connection, in milliseconds; five seconds unless said. */
  readonly connectTimeoutMs?: number;
  /** How long one statement may take, in milliseconds; thirty seconds unless said, 0 for ever. */
  readonly statementTimeoutMs?: number;
}

/** What every pool of ours asks of its connections, in pg's own words. */
export function poolSettings(options: Omit<PoolOptions, 'url'>): pg.PoolConfig {
  const parameters = [
    'plan_cache_mode=force_generic_plan', // every statement of ours looks rows up by keys: planning each call anew only costs
    ...(options.searchPath ? [`search_path=${options.searchPath}`] : []),
    ...(options.forgetful ? ['synchronous_commit=off'] : []),
  ];
  return {
    Client: PreparingClient,
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    keepAlive: true,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    options: parameters.map((parameter) => `-c ${parameter}`).join(' '),
  };
}

/** Opens a pool. A broken idle connection is replaced at its next use and is nobody's error. */
export function openPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({ connectionString: options.url, ...poolSettings(options) });
  pool.on('error', () => undefined);
  return pool;
}

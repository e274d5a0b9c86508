import {
  Queue,
  type QueueOptions,
  Worker,
  type WorkerOptions,
  type Processor,
  createPostgresBackend,
  runMigrations,
} from 'bullmq';
import { openPool } from '@polyphony/postgres';
import { Redis } from 'ioredis';

export interface QueueSettings {
  readonly databaseUrl: string;
  readonly redisUrl?: string;
  /** PostgreSQL connections for all queues of this process, besides one that listens for each worker. */
  readonly poolSize: number;
}

/** BullMQ on Redis where there is Redis, on PostgreSQL otherwise: the same queues and workers to everyone else. */
export interface QueueBackend {
  /** On PostgreSQL a bulk makes temporary tables, which costs as much as thirty single jobs. */
  readonly bulkIsCheap: boolean;
  queue(name: string): Queue;
  worker(name: string, process: Processor, options: Omit<WorkerOptions, 'connection'>): Worker;
  /** Resolves when jobs can be queued, or after a while without: what cannot be queued then, the sweep brings back. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

const readyPatienceMs = 5_000;
const SCHEMA = 'bullmq';

export function openBackend(settings: QueueSettings, workerCount: number): QueueBackend {
  return settings.redisUrl ? redisBackend(settings.redisUrl) : postgresBackend(settings, workerCount);
}

/** Makes or updates BullMQ's own tables. Nothing to do on Redis. */
export async function migrateQueue(settings: QueueSettings): Promise<void> {
  if (settings.redisUrl) return;
  const pool = openPool({ url: settings.databaseUrl, max: 1, applicationName: 'polyphony-migrate', statementTimeoutMs: 0 });
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client as never);
    } finally {
      client.release();
    }
  } finally {
    await pool.end();
  }
}

function postgresBackend(settings: QueueSettings, workerCount: number): QueueBackend {
  const pool = openPool({
    url: settings.databaseUrl,
    max: settings.poolSize + workerCount,
    applicationName: 'polyphony-queue',
    searchPath: SCHEMA,
    forgetful: true, // a job is a hint: a lost one is made again from its row, one that comes back finds nothing to claim
  });
  pool.setMaxListeners(0); // every queue and worker adds its own
  const connection = pool as unknown as never;
  return {
    bulkIsCheap: false,
    queue: (name) => new Queue(name, { connection } as QueueOptions, createPostgresBackend as never) as Queue,
    worker: (name, process, options) =>
      new Worker(name, process, { ...options, connection } as WorkerOptions, createPostgresBackend as never) as Worker,
    ready: () => Promise.resolve(), // its pool connects at each job's need
    close: () => pool.end(),
  };
}

function redisBackend(url: string): QueueBackend {
  // A producer must fail at once while Redis is away (what it would add is in the database); a worker must wait for it.
  const producing = new Redis(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: 1000,
    retryStrategy: () => 250,
  });
  const consuming = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 250 });
  for (const client of [producing, consuming]) client.on('error', () => undefined);
  const prefix = 'polyphony';
  return {
    bulkIsCheap: true,
    queue: (name) => new Queue(name, { connection: producing as never, prefix, skipWaitingForReady: true }),
    worker: (name, process, options) => new Worker(name, process, { ...options, connection: consuming as never, prefix }),
    ready: () =>
      new Promise((resolve) => {
        if (producing.status === 'ready') return resolve();
        const timer = setTimeout(resolve, readyPatienceMs);
        producing.once('ready', () => {
          clearTimeout(timer);
          resolve();
        });
      }),
    close: async () => {
      producing.disconnect();
      consuming.disconnect();
    },
  };
}

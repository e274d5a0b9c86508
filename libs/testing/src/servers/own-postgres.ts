import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EmbeddedPostgres, startPostgres } from '@polyphony/embedded';
import { Client, type QueryResultRow } from 'pg';
import { programs } from '../processes/programs.js';
import type { TestDatabase } from './test-database.js';

/** A PostgreSQL of a test's own, to be broken and mended without harm to others. */
export class OwnPostgres implements TestDatabase {
  private constructor(
    private readonly dataDir: string,
    private server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const dataDir = mkdtempSync(join(tmpdir(), 'polyphony-own-'));
    const server = await startPostgres({ dataDir });
    const env = { PATH: process.env.PATH, DATABASE_URL: server.url, POLYPHONY_SECRET: Buffer.alloc(32, 1).toString('base64') };
    await promisify(execFile)(process.execPath, [programs.migrate], { env });
    return new OwnPostgres(dataDir, server);
  }

  get url(): string {
    return this.server.url;
  }

  /** Immediate shutdown: every session breaks, nothing is checkpointed. */
  async breakDown(): Promise<void> {
    const [pid] = readFileSync(join(this.dataDir, 'postgresql', 'cluster', 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGQUIT');
    await this.server.exited;
  }

  /** Comes back at the same address, through recovery. */
  async comeBack(): Promise<void> {
    this.server = await startPostgres({ dataDir: this.dataDir, port: this.server.port });
  }

  async query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    await this.server.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

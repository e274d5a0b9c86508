import { randomUUID } from 'node:crypto';
import { Client, type QueryResultRow } from 'pg';
import { until } from '../until.js';

const template = 'polyphony_template';

/** A database that holds everything migrated and nothing else, for one spec file. */
export interface TestDatabase {
  readonly url: string;
  query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Drops it. Rejects, naming who, when somebody is still connected: that is a leak. */
  close(): Promise<void>;
}

/** Clones the template that the global setup has migrated. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const server = process.env.POLYPHONY_TEST_POSTGRES;
  if (!server) throw new Error('No PostgreSQL was started for this run: set globalSetup and globalTeardown in jest.config.mjs.');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (sql, values) => onServer(url.href, async (client) => (await client.query(sql, values)).rows as never[]),
    close: () =>
      onServer(server, async (client) => {
        try {
          await until(
            async () => (await connectedTo(client, name)).length === 0,
            'every connection to the database is closed',
            5_000,
          );
        } catch {
          throw new Error(`Connections were left open: ${(await connectedTo(client, name)).join(', ')}.`);
        } finally {
          await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
        }
      }),
  };
}

async function connectedTo(client: Client, database: string): Promise<string[]> {
  const { rows } = await client.query<{ who: string }>(
    `SELECT application_name || ' (' || left(query, 80) || ')' AS who FROM pg_stat_activity
     WHERE datname = $1 AND backend_type = 'client backend'`,
    [database],
  );
  return rows.map((row) => row.who);
}

async function onServer<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'polyphony-test' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

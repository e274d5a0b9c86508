import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startPostgres } from '@polyphony/embedded';
import { Client } from 'pg';

const migrate = fileURLToPath(new URL('../../../../apps/worker/dist/migrate.js', import.meta.url));
/** Known to `test-database.ts`. */
const template = 'polyphony_template';

/** One PostgreSQL for a whole run of jest, with a migrated database in it that every spec file clones. Needs a build. */
export default async function startServers() {
  const dataDir = mkdtempSync(join(tmpdir(), 'polyphony-jest-'));
  const server = await startPostgres({ dataDir });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query(`CREATE DATABASE ${template}`);
  await client.end();
  const url = new URL(server.url);
  url.pathname = `/${template}`;
  const env = { PATH: process.env.PATH, DATABASE_URL: url.href, POLYPHONY_SECRET: Buffer.alloc(32, 1).toString('base64') };
  await promisify(execFile)(process.execPath, [migrate], { env });
  process.env.POLYPHONY_TEST_POSTGRES = server.url;
  globalThis.polyphonyTestServers = { server, dataDir };
}

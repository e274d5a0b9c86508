import { type TestDatabase, cloneDatabase } from '@polyphony/testing';
import { Database } from './database.js';
import { migrations } from './migrations/index.js';

jest.setTimeout(30_000);

let sql: TestDatabase;
const open: Database[] = [];

beforeEach(async () => {
  sql = await cloneDatabase();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()));
  await sql.close();
});

async function connect(): Promise<Database> {
  const database = await Database.connect({ url: sql.url, poolSize: 2, applicationName: 'migrating' });
  open.push(database);
  return database;
}

async function startOver(): Promise<void> {
  await sql.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public`);
}

it('an empty database is brought up to date, and then nothing is left to do', async () => {
  await startOver();
  const database = await connect();
  expect(await database.isMigrated()).toBe(false);
  expect(await database.migrate()).toEqual(migrations.map(({ name }) => name));
  expect(await database.isMigrated()).toBe(true);
  expect(await database.migrate()).toEqual([]);
});

it('three processes that migrate at once apply every migration once', async () => {
  await startOver();
  const databases = await Promise.all([connect(), connect(), connect()]);
  const applied = await Promise.all(databases.map((database) => database.migrate()));
  expect(applied.flat()).toEqual(migrations.map(({ name }) => name));
  const rows = await sql.query<{ name: string }>(`SELECT name FROM migrations ORDER BY id`);
  expect(rows.map(({ name }) => name)).toEqual(migrations.map(({ name }) => name));
});

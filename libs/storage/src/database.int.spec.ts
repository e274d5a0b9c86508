import { OwnPostgres, until } from '@polyphony/testing';
import { Database, isUnavailable } from './database.js';

jest.setTimeout(40_000);

let server: OwnPostgres;
let database: Database;
beforeAll(async () => {
  server = await OwnPostgres.start();
  database = await Database.connect({ url: server.url, poolSize: 4, applicationName: 'test', connectTimeoutMs: 1_000 });
  await database.direct.query(`CREATE TABLE number (id int PRIMARY KEY, value int)`);
  await database.direct.query(`INSERT INTO number VALUES (1, 0), (2, 0)`);
});
afterAll(async () => {
  await database?.close();
  await server?.close();
});

it('a transaction stores all of its work or nothing', async () => {
  const failing = database.transaction(async (tx) => {
    await tx.query(`INSERT INTO number VALUES (3, 3)`);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await database.direct.query(`SELECT 1 FROM number WHERE id = 3`)).toEqual([]);
});

it('a transaction that PostgreSQL breaks because of a deadlock is run again from its start', async () => {
  let runs = 0;
  let arrived = 0;
  const add = (first: number, second: number): Promise<void> =>
    database.transaction(async (tx) => {
      runs++;
      await tx.query(`UPDATE number SET value = value + 1 WHERE id = $1`, [first]);
      arrived++;
      await until(() => arrived >= 2, 'both hold their first row');
      await tx.query(`UPDATE number SET value = value + 1 WHERE id = $1`, [second]);
    });
  await Promise.all([add(1, 2), add(2, 1)]);
  expect(runs).toBe(3);
  expect(await database.direct.query(`SELECT value FROM number WHERE id < 3 ORDER BY id`)).toEqual([{ value: 2 }, { value: 2 }]);
});

it('a snapshot sees the database as of one moment', async () => {
  const [first, second] = await database.snapshot(async (tx) => {
    const read = async (): Promise<number> =>
      (await tx.query<[{ value: number }]>(`SELECT value FROM number WHERE id = 1`))[0].value;
    const before = await read();
    await database.direct.query(`UPDATE number SET value = value + 10 WHERE id = 1`);
    return [before, await read()];
  });
  expect(second).toBe(first);
});

it('a server that is away is told apart from a statement that is wrong, and is used again when it is back', async () => {
  const faultOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => null, (error: unknown) => error); // prettier-ignore
  expect(isUnavailable(await faultOf(database.direct.query('SELECT nonsense')))).toBe(false);
  expect(isUnavailable(await faultOf(database.direct.query('INSERT INTO number VALUES (1, 1)')))).toBe(false);
  const readOnly = database.transaction(async (tx) => {
    await tx.query('SET TRANSACTION READ ONLY');
    await tx.query('DELETE FROM number');
  });
  expect(isUnavailable(await faultOf(readOnly))).toBe(true);

  const underWay = faultOf(database.direct.query('SELECT pg_sleep(20)'));
  await until(async () => (await database.direct.query<unknown[]>(`SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(20)' AND state = 'active'`)).length > 0, 'the statement runs'); // prettier-ignore
  await server.breakDown();
  expect(isUnavailable(await underWay)).toBe(true);
  expect(isUnavailable(await faultOf(database.direct.query('SELECT 1')))).toBe(true);
  await server.comeBack();
  expect(await until(() => database.direct.query('SELECT 1 AS one'), 'it is back')).toEqual([{ one: 1 }]);
});

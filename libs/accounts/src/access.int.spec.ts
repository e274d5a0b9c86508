import { AccountRepository, Database } from '@polyphony/storage';
import { type TestDatabase, cloneDatabase } from '@polyphony/testing';
import { Access } from './access.js';

jest.setTimeout(30_000);

let sql: TestDatabase;
let database: Database;
let access: Access;
beforeEach(async () => {
  sql = await cloneDatabase();
  database = await Database.connect({ url: sql.url, poolSize: 6, applicationName: 'access' });
  access = new Access(database, new AccountRepository());
});
afterEach(async () => {
  await database.close();
  await sql.close();
});

const key = 'an-administrator-key';

it('an administrator is whoever holds the key, in a workspace of their own', async () => {
  await access.ensureAdministrator(key);
  const principal = await access.authenticate(key);
  expect(principal).toEqual({ id: expect.any(String), name: 'administrator', role: 'owner', workspaceId: expect.any(String), workspaceName: 'Home' }); // prettier-ignore
  expect(await access.authenticate('another-key-of-nobody')).toBeNull();
});

it('processes that start at once make one administrator', async () => {
  await Promise.all(Array.from({ length: 5 }, () => access.ensureAdministrator(key)));
  expect(await sql.query(`SELECT 1 FROM api_key`)).toHaveLength(1);
  expect(await sql.query(`SELECT 1 FROM workspace`)).toHaveLength(1);
});

it('a changed key replaces the old one, keeps the workspace, and ends the sessions of the old one', async () => {
  await access.ensureAdministrator(key);
  const before = await access.authenticate(key);
  const { session } = (await access.signIn(key))!;
  await access.ensureAdministrator(key);
  expect(await access.authenticate(session.token)).toEqual(before);
  await access.ensureAdministrator('the-new-administrator-key');
  expect(await access.authenticate(key)).toBeNull();
  expect(await access.authenticate(session.token)).toBeNull();
  expect(await access.authenticate('the-new-administrator-key')).toEqual(before);
});

describe('a session', () => {
  beforeEach(() => access.ensureAdministrator(key));

  it('speaks for the key it was opened with until it is signed out', async () => {
    const { principal, session } = (await access.signIn(key))!;
    expect(await access.authenticate(session.token)).toEqual(principal);
    const other = (await access.signIn(key))!;
    await access.signOut(session.token);
    expect(await access.authenticate(session.token)).toBeNull();
    expect(await access.authenticate(other.session.token)).toEqual(principal);
  });

  it('is over when its time is', async () => {
    const { session } = (await access.signIn(key))!;
    expect(session.expiresAt.getTime()).toBeGreaterThan(Date.now() + 29 * 24 * 3_600_000);
    await sql.query(`UPDATE session SET expires_at = now()`);
    expect(await access.authenticate(session.token)).toBeNull();
    await access.signIn(key);
    expect(await sql.query(`SELECT 1 FROM session`)).toHaveLength(1);
  });

  it('is opened by a key only: not by a session, and not by a wrong key', async () => {
    const { session } = (await access.signIn(key))!;
    expect(await access.signIn(session.token)).toBeNull();
    expect(await access.signIn('a-wrong-key')).toBeNull();
  });
});

it('no secret is stored', async () => {
  await access.ensureAdministrator(key);
  const { session } = (await access.signIn(key))!;
  const rows = JSON.stringify([await sql.query(`SELECT * FROM api_key`), await sql.query(`SELECT * FROM session`)]);
  for (const secret of [key, session.token, session.token.slice(3)])
    for (const encoding of ['utf8', 'hex', 'base64'] as const) expect(rows).not.toContain(Buffer.from(secret).toString(encoding));
});

it.each(['', 'short', 'x'.repeat(513), "' OR true --", 'ps_', `ps_${'x'.repeat(40)}`])('%j lets nobody in', async (token) => {
  await access.ensureAdministrator(key);
  expect(await access.authenticate(token)).toBeNull();
});

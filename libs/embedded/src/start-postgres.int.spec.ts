import { once } from 'node:events';
import { chmodSync, cpSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { findBinariesPackage, prepareBinaries } from './binaries.js';
import { chooseServiceUser } from './service-user.js';
import { startInAnotherProcess, temporaryDataDir } from './start-postgres.fixture.js';
import { type EmbeddedPostgres, EmbeddedPostgresError, startPostgres, type StartPostgresOptions } from './index.js';

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? it : it.skip;

const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

function dataDir(below?: string): string {
  const directory = temporaryDataDir(below);
  cleanUp.push(() => directory.remove());
  return directory.path;
}

async function start(options: StartPostgresOptions): Promise<EmbeddedPostgres> {
  const server = await startPostgres(options);
  cleanUp.push(() => server.stop());
  return server;
}

async function ask<Row extends Record<string, unknown>>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the first start', () => {
  it('makes a durable UTF-8 server that only this machine and only the password reaches', async () => {
    const directory = dataDir();
    const { url, port } = await start({ dataDir: directory });

    const rows = await ask<{ name: string; setting: string }>(url, 'SELECT name, setting FROM pg_settings');
    const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
    expect(settings).toMatchObject({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      server_encoding: 'UTF8',
      fsync: 'on',
      synchronous_commit: 'on',
      max_connections: '200',
      password_encryption: 'scram-sha-256',
      jit: 'off',
    });
    expect(await ask(url, `SELECT upper('ä') AS upper, 'Z' < 'a' AS "byCodePoint"`)).toEqual([{ upper: 'Ä', byCodePoint: true }]);
    const intruder = new Client({ host: '127.0.0.1', port, user: 'polyphony', password: 'guess', database: 'polyphony' });
    await expect(intruder.connect()).rejects.toMatchObject({ code: '28P01' });
  });

  it('keeps the password where only its owner reads it, and writes its log into the data directory', async () => {
    const directory = dataDir();
    const { url } = await start({ dataDir: directory });

    const record = join(directory, 'postgresql.json');
    expect(statSync(record).mode & 0o777).toBe(0o600);
    expect(url).toContain((JSON.parse(readFileSync(record, 'utf8')) as { password: string }).password);
    expect(readFileSync(join(directory, 'logs', 'postgresql.log'), 'utf8')).toContain('ready to accept connections');
  });

  it('serves two data directories side by side', async () => {
    const [one, two] = await Promise.all([start({ dataDir: dataDir() }), start({ dataDir: dataDir() })]);
    await ask(one.url, 'CREATE TABLE only_here ()');

    expect(one.port).not.toBe(two.port);
    expect(await ask(two.url, `SELECT to_regclass('only_here') AS found`)).toEqual([{ found: null }]);
  });

  it('says so when the wanted port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    cleanUp.push(() => holder.close());
    const { port } = holder.address() as { port: number };

    await expect(startPostgres({ dataDir: dataDir(), port })).rejects.toThrow(
      `Port ${port}, wanted for the embedded PostgreSQL, is already in use.`,
    );
  });
});

describe('a later start', () => {
  it('finds the data and the port of the earlier one', async () => {
    const directory = dataDir();
    const first = await start({ dataDir: directory });
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS value');
    await first.stop();

    const second = await start({ dataDir: directory });
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, 'SELECT value FROM kept')).toEqual([{ value: 42 }]);
  });

  it('takes another port when the earlier one is no longer free', async () => {
    const directory = dataDir();
    const first = await start({ dataDir: directory });
    await first.stop();
    const holder = createServer().listen(first.port, '127.0.0.1');
    await once(holder, 'listening');
    cleanUp.push(() => holder.close());

    const second = await start({ dataDir: directory });
    expect(second.port).not.toBe(first.port);
    expect(await ask(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is refused while the first is running', async () => {
    const directory = dataDir();
    const first = await start({ dataDir: directory });

    await expect(startPostgres({ dataDir: directory })).rejects.toThrow(`is in use by process ${process.pid}`);
    expect(await ask(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('refuses data of another major version in one sentence', async () => {
    const directory = dataDir();
    await (await start({ dataDir: directory })).stop();
    writeFileSync(join(directory, 'postgresql', 'cluster', 'PG_VERSION'), '17\n');

    const refusal = startPostgres({ dataDir: directory });
    await expect(refusal).rejects.toThrow(EmbeddedPostgresError);
    await expect(refusal).rejects.toThrow(/was written by PostgreSQL 17 and this version brings PostgreSQL 18/);
  });
});

describe('after a crash', () => {
  it('ends the server of a killed process and keeps every committed row', async () => {
    const directory = dataDir();
    const killed = await startInAnotherProcess(directory);
    cleanUp.push(() => killed.remove());
    await ask(killed.url, 'CREATE TABLE kept AS SELECT 42 AS value');
    const [orphan] = await ask<{ started: Date }>(killed.url, 'SELECT pg_postmaster_start_time() AS started');
    killed.process.kill('SIGKILL');
    await once(killed.process, 'exit');

    const next = await start({ dataDir: directory });
    expect(next.url).toBe(killed.url);
    expect(await ask(next.url, 'SELECT value FROM kept')).toEqual([{ value: 42 }]);
    const [own] = await ask<{ started: Date }>(next.url, 'SELECT pg_postmaster_start_time() AS started');
    expect(own!.started.getTime()).toBeGreaterThan(orphan!.started.getTime());
  });

  it('starts again at once when the server itself was killed', async () => {
    const directory = dataDir();
    const first = await start({ dataDir: directory });
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS value');
    process.kill(serverPid(directory), 'SIGKILL');
    await first.exited;

    const second = await start({ dataDir: directory });
    expect(await ask(second.url, 'SELECT value FROM kept')).toEqual([{ value: 42 }]);
  });

  it('is not held up by a start file whose pid another process has now', async () => {
    const directory = dataDir();
    const first = await start({ dataDir: directory });
    const startFile = join(directory, 'postgresql', 'cluster', 'postmaster.pid');
    const [, ...rest] = readFileSync(startFile, 'utf8').split('\n');
    process.kill(serverPid(directory), 'SIGKILL');
    await first.exited;
    const other = dataDir();
    await start({ dataDir: other });
    writeFileSync(startFile, [serverPid(other), ...rest].join('\n'));

    const second = await start({ dataDir: directory });
    expect(await ask(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('as root', () => {
  asRoot('runs the server as somebody else and opens the data directory for passing through only', async () => {
    const directory = dataDir();
    await start({ dataDir: directory });

    expect(statSync(join(directory, 'postgresql', 'cluster')).uid).not.toBe(0);
    expect(statSync(directory).mode & 0o777).toBe(0o711);
  });

  asRoot('keeps the cluster in a lasting place when the data directory lies in a private home, and finds it again', async () => {
    const directory = dataDir('private/data');
    const first = await start({ dataDir: directory });
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS value');
    await first.stop();

    expect(lstatSync(join(directory, 'postgresql')).isSymbolicLink()).toBe(true);
    expect(readlinkSync(join(directory, 'postgresql'))).toMatch(/^\/(var\/lib|usr\/local\/var|opt)\/polyphony-[0-9a-f]{12}$/);
    const second = await start({ dataDir: directory });
    expect(await ask(second.url, 'SELECT value FROM kept')).toEqual([{ value: 42 }]);
  });

  asRoot('starts afresh when such a data directory was deleted, and keeps what it held aside', async () => {
    const directory = dataDir('private/data');
    const first = await start({ dataDir: directory });
    await ask(first.url, 'CREATE TABLE old ()');
    await first.stop();
    const home = readlinkSync(join(directory, 'postgresql'));
    rmSync(directory, { recursive: true });
    mkdirSync(directory);

    const second = await start({ dataDir: directory });
    expect(await ask(second.url, `SELECT to_regclass('old') AS found`)).toEqual([{ found: null }]);
    expect(statSync(`${home}-set-aside`).isDirectory()).toBe(true);
  });

  asRoot(
    'copies the programs when the package lies where their user may not go, making the links its install script would',
    async () => {
      const directory = dataDir('private');
      const packageDir = join(directory, 'package');
      cpSync(findBinariesPackage(), packageDir, { recursive: true, filter: (source) => !lstatSync(source).isSymbolicLink() });
      const home = dataDir();
      chmodSync(home, 0o711);

      const binaries = prepareBinaries(packageDir, home, chooseServiceUser(home, join(home, 'none')), () => {});
      expect(binaries.postgres.startsWith(home)).toBe(true);
      expect(binaries.major).toBe(18);
    },
  );
});

it('makes the library links in place when install scripts were blocked', () => {
  const directory = dataDir();
  const packageDir = join(directory, 'package');
  cpSync(findBinariesPackage(), packageDir, { recursive: true, filter: (source) => !lstatSync(source).isSymbolicLink() });

  const binaries = prepareBinaries(packageDir, directory, undefined, () => {});
  expect(binaries.postgres.startsWith(packageDir)).toBe(true);
  expect(lstatSync(join(packageDir, 'native', 'lib', 'libicui18n.so.60')).isSymbolicLink()).toBe(true);
});

function serverPid(directory: string): number {
  return Number(readFileSync(join(directory, 'postgresql', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

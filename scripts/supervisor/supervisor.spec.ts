import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const roles = ['simulator', 'guard', 'migrate', 'api', 'worker'] as const;

interface Entry {
  role: (typeof roles)[number];
  pid: number;
  what: 'start' | 'serves' | 'stop' | 'orphaned';
  settings: Record<string, string | undefined>;
}

interface Run {
  process: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** The exit code. */
  ended: Promise<number | null>;
}

let root: string;
let dataDir: string;
let runs: Run[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'supervisor-'));
  dataDir = join(root, 'data');
  runs = [];
  for (const role of roles) symlinkSync(join(folder, 'stand-in.fixture.mjs'), join(root, `${role}.mjs`));
});

afterEach(async () => {
  for (const run of runs) {
    run.process.kill('SIGKILL');
    await run.ended;
  }
  await until(() => journal().every(({ pid }) => !isAlive(pid)));
  rmSync(root, { recursive: true, force: true });
});

/** Starts a supervisor on stand-ins; `words` say how each of them behaves. */
function start(
  config: Record<string, unknown> = {},
  words: Partial<Record<(typeof roles)[number], string>> = {},
  patience = {},
): Run {
  const settings = {
    port: 0,
    host: '127.0.0.1',
    dataDir,
    workers: 2,
    mode: 'embedded',
    providers: { connections: [] },
    ...config,
  };
  const programs = Object.fromEntries(roles.map((role) => [role, join(root, `${role}.mjs`)]));
  const child = spawn(
    process.execPath,
    [join(folder, 'run.fixture.mjs'), JSON.stringify({ config: settings, programs, patience })],
    {
      env: {
        PATH: process.env.PATH,
        STAND_IN_JOURNAL: join(root, 'journal'),
        ...Object.fromEntries(Object.entries(words).map(([role, word]) => [`STAND_IN_${role.toUpperCase()}`, word])),
      },
    },
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const run = {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
  runs.push(run);
  return run;
}

function journal(): Entry[] {
  const path = join(root, 'journal');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Entry);
}

const lives = (role: Entry['role']) => journal().filter((entry) => entry.role === role && entry.what === 'start');

async function until(fact: () => boolean, patienceMs = 15_000): Promise<void> {
  for (const limit = Date.now() + patienceMs; !fact(); await sleep(20))
    if (Date.now() > limit) throw new Error(`never came true: ${fact}`);
}

async function running(run: Run): Promise<void> {
  await until(() => run.stdout().includes('Ctrl-C stops it.') || run.process.exitCode !== null);
  const serving = () =>
    journal()
      .filter(({ what }) => what === 'serves')
      .map(({ pid }) => pid);
  await until(() => lives('worker').every(({ pid }) => serving().includes(pid)));
  expect(run.stderr()).toBe('');
}

/** A zombie has ended, though nobody has asked for its exit code yet. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

async function takenPort(): Promise<{ port: number; free(): void }> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  return { port: (holder.address() as AddressInfo).port, free: () => holder.close() };
}

describe('a start', () => {
  it('brings up database, simulator, migrations, the API and the workers, and says how to get in', async () => {
    const run = start();
    await running(run);

    expect(journal().map(({ role }) => role)).toEqual(
      expect.arrayContaining(['guard', 'simulator', 'migrate', 'api', 'worker', 'worker']),
    );
    const [api] = lives('api');
    const { POLYPHONY_ADMIN_API_KEY: key, POLYPHONY_SECRET: secret, DATABASE_URL, POLYPHONY_SIMULATOR_URL } = api!.settings;
    expect(DATABASE_URL).toBe('postgresql://stand-in');
    expect(POLYPHONY_SIMULATOR_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(key).toMatch(/^pk_[\w-]{43}$/);
    expect(Buffer.from(secret!, 'base64')).toHaveLength(32);
    await until(() => lives('worker').length === 2); // it is running as soon as one of them is
    expect(lives('worker').map(({ settings }) => settings.POLYPHONY_WORKER_INDEX)).toEqual(expect.arrayContaining(['0', '1']));
    const url = `http://127.0.0.1:${api!.settings.PORT}`;
    expect(run.stdout()).toContain(`${url}/#key=${key}`);
    expect(JSON.parse(readFileSync(join(dataDir, 'instance.json'), 'utf8'))).toEqual({
      url,
      adminApiKey: key,
      pid: run.process.pid,
    });
  });

  it('keeps its secrets private and the same from start to start', async () => {
    const first = start();
    await running(first);
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    await running(start());

    const [before, after] = lives('api').map(({ settings }) => settings);
    expect(after!.POLYPHONY_SECRET).toBe(before!.POLYPHONY_SECRET);
    expect(after!.POLYPHONY_ADMIN_API_KEY).toBe(before!.POLYPHONY_ADMIN_API_KEY);
    for (const name of ['secret', 'admin-api-key', 'instance.json'])
      expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
  });

  it('shows warnings of its children and keeps the rest in their logs', async () => {
    const run = start({}, { worker: 'noisy' });
    await until(() => run.stdout().includes('Ctrl-C stops it.') && run.stderr().includes('mind the gap'));

    expect(run.stderr()).not.toContain('all is well');
    const log = join(dataDir, 'logs', 'worker-1.log');
    await until(() => existsSync(log) && readFileSync(log, 'utf8').includes('all is well'));
  });

  it('starts no simulator and no database of its own when others are given', async () => {
    const database = createServer((socket) => socket.once('data', () => socket.end('N'))).listen(0, '127.0.0.1');
    await once(database, 'listening');
    const databaseUrl = `postgresql://u:p@127.0.0.1:${(database.address() as AddressInfo).port}/d`;
    const api = {
      adminApiKey: undefined,
      secret: 's',
      mode: 'external',
      databaseUrl,
      providers: { connections: [{ id: 'openai' }] },
    };
    await running(start(api));
    database.close();

    expect([...lives('guard'), ...lives('simulator')]).toEqual([]);
    expect(existsSync(join(dataDir, 'secret'))).toBe(false);
  });
});

describe('a start that cannot succeed', () => {
  it('names the port that is taken, before anything is started', async () => {
    const { port, free } = await takenPort();
    const run = start({ port });

    expect(await run.ended).toBe(1);
    free();
    expect(run.stderr()).toBe(`Port ${port} is already in use; set PORT to another one.\n`);
    expect(journal()).toEqual([]);
  });

  it('is refused while another supervisor runs on the data directory', async () => {
    const first = start();
    await running(first);
    const second = start();

    expect(await second.ended).toBe(1);
    expect(second.stderr()).toBe(
      `Polyphony is already running in ${dataDir} (process ${first.process.pid}); stop it, or set another POLYPHONY_DATA_DIR.\n`,
    );
    expect(existsSync(join(dataDir, 'instance.json'))).toBe(true);
  });

  it('names the database that does not answer, without its password', async () => {
    const { port, free } = await takenPort();
    const config = { mode: 'external', secret: 's', databaseUrl: `postgresql://user:hunter2@127.0.0.1:${port}/d` };
    const run = start(config, {}, { answersMs: 300 });

    expect(await run.ended).toBe(1);
    free();
    expect(run.stderr()).toBe(
      `The database at 127.0.0.1:${port} does not answer (nothing within 0.3 s); check that it runs and that DATABASE_URL is right.\n`,
    );
  });

  it.each([
    ['migrate', 'fail:1:The database is newer than this version.'],
    ['api', 'fail:78:LOG_LEVEL is not a level.'],
  ])('ends with the last words of %s when those say why', async (role, word) => {
    const run = start({}, { [role]: word });

    expect(await run.ended).toBe(1);
    expect(run.stderr().trim().split('\n').at(-1)).toBe(word.split(':')[2]);
    expect(journal().some(({ pid }) => isAlive(pid))).toBe(false);
  });

  it('gives up after a while when a child never becomes ready', async () => {
    const run = start({}, { worker: 'fail:1:out of luck' }, { startMs: 1500 });

    expect(await run.ended).toBe(1);
    expect(run.stderr().trim().split('\n').at(-1)).toBe(
      `No worker was ready within 1.5 s (out of luck); see ${join(dataDir, 'logs')}.`,
    );
    expect(lives('worker').length).toBeGreaterThan(2);
  });
});

describe('while running', () => {
  it('starts a killed worker, the simulator and the database again, the simulator where it was', async () => {
    await running(start());
    for (const role of ['worker', 'simulator', 'guard'] as const) process.kill(lives(role)[0]!.pid, 'SIGKILL');
    await until(() => lives('worker').length === 3 && lives('simulator').length === 2 && lives('guard').length === 2);

    const { POLYPHONY_SIMULATOR_URL } = lives('worker').at(-1)!.settings;
    await expectAnswer(POLYPHONY_SIMULATOR_URL!, 'simulator');
  });
});

describe('the end', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('comes in order after %s, the database last, with exit code 0', async (signal) => {
    const run = start();
    await running(run);
    // It is running as soon as one worker is; the other must be there too to say how it ends.
    await until(() => journal().filter(({ role, what }) => role === 'worker' && what === 'serves').length === 2);
    run.process.kill(signal);

    expect(await run.ended).toBe(0);
    const order = journal()
      .filter(({ what }) => what === 'stop')
      .map(({ role }) => role);
    expect(order.slice(0, 3).toSorted()).toEqual(['api', 'worker', 'worker']);
    expect(order.slice(3)).toEqual(['simulator', 'guard']);
    expect(existsSync(join(dataDir, 'instance.json'))).toBe(false);
  });

  it('does not wait for ever for a child that ignores it', async () => {
    const run = start({}, { worker: 'stubborn' }, { graceMs: 300 });
    await running(run);
    run.process.kill('SIGTERM');

    expect(await run.ended).toBe(0);
    expect(journal().some(({ pid }) => isAlive(pid))).toBe(false);
  });

  it('is forced by a second Ctrl-C, but not by the same one arriving twice', async () => {
    const run = start({}, { worker: 'stubborn' });
    await running(run);
    run.process.kill('SIGINT');
    run.process.kill('SIGINT');
    await sleep(1200);
    expect(run.process.exitCode).toBeNull();

    run.process.kill('SIGINT');
    expect(await run.ended).toBe(0);
  });

  it('comes for everybody when the supervisor is killed, and the next start recovers its lock', async () => {
    const run = start();
    await running(run);
    run.process.kill('SIGKILL');
    await run.ended;
    await until(() => journal().every(({ pid }) => !isAlive(pid)));

    await running(start());
  });

  it('comes at once when asked during the start', async () => {
    const run = start({}, { api: 'fail:1:not yet' });
    await until(() => lives('api').length > 0);
    run.process.kill('SIGTERM');

    expect(await run.ended).toBe(0);
    expect(journal().some(({ pid }) => isAlive(pid))).toBe(false);
  });
});

async function expectAnswer(url: string, text: string): Promise<void> {
  let answer: string | undefined;
  for (const limit = Date.now() + 5000; answer === undefined && Date.now() < limit; await sleep(50))
    answer = await fetch(url).then(
      (response) => response.text(),
      () => undefined,
    );
  expect(answer).toBe(text);
}

import { execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const patienceMs = 30_000;

/** @param {string} path from the root of the repository */
export const program = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/**
 * Forks one of our programs and waits until it says `{type: 'ready'}`. What it writes goes to `<folder>/<name>.log`.
 * @param {string} name @param {string} module
 * @param {{ folder: string, args?: string[], env?: NodeJS.ProcessEnv, execArgv?: string[] }} options
 */
export async function forkReady(name, module, options) {
  const child = forkLogged(name, module, options);
  await Promise.race([
    within(name, once(child, 'message')),
    once(child, 'exit').then(() =>
      Promise.reject(new Error(`${name} ended before it was ready.\n${tail(name, options.folder)}`)),
    ),
  ]);
  return child;
}

/** Forks one of our programs and waits until it is done. */
export async function forkDone(name, module, options) {
  const child = forkLogged(name, module, options);
  const [code] = await within(name, once(child, 'exit'));
  if (code !== 0) throw new Error(`${name} failed.\n${tail(name, options.folder)}`);
}

/** Forks a program that prints one line of JSON when it serves. @returns {Promise<[import('node:child_process').ChildProcess, any]>} */
export async function forkAnnouncing(name, module, { args = [] } = {}) {
  const child = fork(module, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [line] = await within(name, once(createInterface({ input: child.stdout }), 'line'));
  return [child, JSON.parse(line)];
}

/** Starts a Redis with its append-only file on, on a free port. */
export async function startRedis(folder) {
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir: folder, appendonly: 'yes', save: '', 'maxmemory-policy': 'noeviction' };
  const child = spawn(
    'redis-server',
    Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]),
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await Promise.race([
    within('redis-server', linesUntil(child.stdout, 'Ready to accept connections')),
    once(child, 'error').then(() =>
      Promise.reject(new Error('redis-server is not on the PATH: install Redis, or measure --backend postgres.')),
    ),
  ]);
  process.once('exit', () => child.kill('SIGKILL'));
  const version = /v=([\d.]+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1];
  return { url: `redis://127.0.0.1:${port}`, child, version };
}

/** Ends a child and waits until it is gone. */
export async function end(child) {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(force);
}

export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

function forkLogged(name, module, { folder, args = [], env = process.env, execArgv = [] }) {
  const child = fork(module, args, { env, execArgv, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const log = createWriteStream(join(folder, `${name}.log`));
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  return child;
}

async function linesUntil(stream, words) {
  // All of it is read on purpose: a pipe nobody reads fills up and stops whoever writes to it.
  const lines = createInterface({ input: stream });
  await new Promise((resolve) => lines.on('line', (line) => line.includes(words) && resolve()));
}

async function within(name, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} was not ready within ${patienceMs / 1000} s.`)), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tail(name, folder) {
  return readFileSync(join(folder, `${name}.log`), 'utf8')
    .split('\n')
    .slice(-15)
    .join('\n');
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import { serverArguments, serverEnvironment } from './server-settings.js';
import type { ServiceUser } from './service-user.js';

const largestLog = 10 * 1024 * 1024;
/** Fast shutdown ends sessions and writes a checkpoint; immediate leaves recovery to the next start. */
const shutdown: { signal: NodeJS.Signals; patienceMs: number }[] = [
  { signal: 'SIGINT', patienceMs: 10_000 },
  { signal: 'SIGQUIT', patienceMs: 5_000 },
  { signal: 'SIGKILL', patienceMs: 5_000 },
];

/** A PostgreSQL server that is a child of this process. */
export interface ServerProcess {
  /** Settles when the server ends, for whatever reason. */
  readonly exited: Promise<void>;
  hasExited(): boolean;
  /** What the server wrote to its log as the reason of its end, if anything. */
  lastComplaint(): string | undefined;
  stop(): Promise<void>;
}

export function launchServer(
  binaries: Binaries,
  clusterDir: string,
  port: number,
  { user, home, logFile }: { user: ServiceUser | undefined; home: string; logFile: string },
): ServerProcess {
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > largestLog) renameSync(logFile, `${logFile}.1`);
  const log = openSync(logFile, 'a', 0o600);
  const logStart = statSync(logFile).size;
  let child: ChildProcess;
  try {
    child = spawn(binaries.postgres, serverArguments(clusterDir, port), {
      ...user,
      cwd: home,
      env: serverEnvironment(),
      stdio: ['ignore', log, log],
      // A group of its own: Ctrl-C in a terminal must not end the database before those who use it.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } finally {
    closeSync(log);
  }
  let ended = false;
  const endWithUs = () => void child.kill('SIGINT');
  process.once('exit', endWithUs);
  const exited = new Promise<void>((resolve) => {
    const end = () => {
      ended = true;
      process.off('exit', endWithUs);
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  return {
    exited,
    hasExited: () => ended,
    lastComplaint: () => lastComplaint(readFileSync(logFile).subarray(logStart).toString('utf8')),
    stop: () =>
      shutDown(
        (signal) => child.kill(signal),
        () => ended,
      ),
  };
}

/**
 * Ends a server of this cluster whose starter was killed, so that the next one is a child of ours with our settings;
 * a start file left by a server that is gone is made harmless.
 */
export async function endOrphan(clusterDir: string, log: (line: string) => void): Promise<void> {
  const startFile = join(clusterDir, 'postmaster.pid');
  const [first, ...rest] = readLines(startFile);
  const pid = Number(first);
  if (!(pid > 0)) return;
  if (servesCluster(pid, clusterDir)) {
    log(`ending the PostgreSQL that a killed process left behind (pid ${pid})`);
    await shutDown(
      (signal) => kill(pid, signal),
      () => !servesCluster(pid, clusterDir),
    );
    return;
  }
  // The pid may belong to somebody else by now, and PostgreSQL would refuse to start. It accepts the pid of its own
  // parent as outdated; the other lines must stay, by them it finds out whether old backends still use the memory.
  if (kill(pid, 0)) writeFileSync(startFile, [String(process.pid), ...rest].join('\n'));
}

async function shutDown(send: (signal: NodeJS.Signals) => void, isGone: () => boolean): Promise<void> {
  for (const { signal, patienceMs } of shutdown) {
    if (isGone()) return;
    send(signal);
    for (const until = Date.now() + patienceMs; !isGone() && Date.now() < until;) await sleep(10);
  }
}

function lastComplaint(text: string): string | undefined {
  return [...text.matchAll(/(?:FATAL|PANIC):\s+(?!\s|the database system is)(.+)/g)].at(-1)?.[1];
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** Whether this process is a server started by us on this cluster: its command line names the directory. */
function servesCluster(pid: number, clusterDir: string): boolean {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(clusterDir);
    if (process.platform === 'win32') return false;
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(clusterDir);
  } catch {
    return false;
  }
}

function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

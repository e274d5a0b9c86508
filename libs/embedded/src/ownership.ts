import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/**
 * Makes this process the only one that starts and stops the server of a data directory; returns how to let go.
 * A holder that was killed does not count; one that lives is waited for, since it may be ending. Throws when it stays.
 */
export async function takeOwnership(file: string, patienceMs: number): Promise<() => void> {
  const self = JSON.stringify({ pid: process.pid, started: startOf(process.pid) });
  const draft = `${file}.${process.pid}`;
  const until = Date.now() + patienceMs;
  writeFileSync(draft, self);
  try {
    for (;;) {
      try {
        linkSync(draft, file);
        return () => {
          if (read(file) === self) rmSync(file, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const found = read(file);
      if (found === undefined) continue;
      const holder = livingHolder(found);
      if (holder === undefined) removeStale(file, found);
      else if (holder === process.pid || Date.now() > until)
        throw new EmbeddedPostgresError(
          `The embedded PostgreSQL of ${file.replace(/[/\\][^/\\]*$/, '')} is in use by process ${holder}: stop that process, or set another POLYPHONY_DATA_DIR.`,
        );
      else await sleep(50);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function livingHolder(content: string): number | undefined {
  try {
    const { pid, started } = JSON.parse(content) as { pid: number; started: string };
    return started !== '' && startOf(pid) === started ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Moves it away first: another process may have replaced it since it was read, and then gets it back. */
function removeStale(file: string, stale: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
    if (read(aside) !== stale) linkSync(aside, file);
  } catch {
    // Somebody else was faster.
  }
  rmSync(aside, { force: true });
}

/** When a process began, in words of the system; pids are used again, a pid with its start is not. Empty when it is gone. */
function startOf(pid: number): string {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return '';
  }
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state === 'Z' ? '' : `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[18]}`;
    }
    if (process.platform === 'win32') return 'alive';
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

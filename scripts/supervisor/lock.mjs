import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Takes the lock file for this process, or says who holds it. A holder that was killed does not count.
 * @param {string} file
 * @returns {{ release(): void, recovered: boolean } | { holder: number }} `recovered`: the last holder was killed
 */
export function takeLock(file) {
  const self = JSON.stringify({ pid: process.pid, started: startOf(process.pid) });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, self, { mode: 0o600 });
  let recovered = false;
  try {
    for (;;) {
      try {
        linkSync(draft, file);
        return { recovered, release: () => void (read(file) === self && rmSync(file, { force: true })) };
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const found = read(file);
      if (found === undefined) continue;
      const holder = livingHolder(found);
      if (holder !== undefined) return { holder };
      removeStale(file, found);
      recovered = true;
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** @param {string} file @returns {number | undefined} the living process that holds the lock */
export function lockHolder(file) {
  const found = read(file);
  return found === undefined ? undefined : livingHolder(found);
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function livingHolder(content) {
  try {
    const { pid, started } = JSON.parse(content);
    return started !== '' && startOf(pid) === started ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Moves it away first: another process may have replaced it since it was read, and then gets it back. */
function removeStale(file, stale) {
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
function startOf(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return '';
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

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/**
 * CPU seconds a process has used so far, user and system. With `descendants` also those of all its living children and of
 * the dead ones it has waited for: what a PostgreSQL server uses is used by its children.
 * @param {number} pid @param {{ descendants?: boolean }} [options]
 */
export function cpuSeconds(pid, { descendants = false } = {}) {
  const own = statOf(pid);
  if (!own) throw new Error(`Process ${pid} has ended in the middle of a measurement.`);
  return (descendants ? treeTicks(pid) : own.ticks) / ticksPerSecond;
}

/** The process another one was started by. */
export function parentOf(pid) {
  return statOf(pid)?.parent;
}

function treeTicks(root) {
  const all = new Map();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) && statOf(Number(name));
    if (stat) all.set(Number(name), stat);
  }
  const isBelow = (pid) => {
    for (let at = pid; at > 1; at = all.get(at)?.parent ?? 0) if (at === root) return true;
    return false;
  };
  let ticks = 0;
  for (const [pid, stat] of all) if (isBelow(pid)) ticks += stat.ticks + stat.reapedTicks;
  return ticks;
}

/** Fields of proc(5)'s `stat`; the name in parentheses may hold anything. Undefined when the process is gone. */
function statOf(pid) {
  let line;
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [utime, stime, cutime, cstime] = fields.slice(11, 15).map(Number);
  return { parent: Number(fields[1]), ticks: utime + stime, reapedTicks: cutime + cstime };
}

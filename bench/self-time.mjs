import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Self times of a V8 CPU profile between two moments of the monotonic clock, in milliseconds: by function and by the
 * package or room it belongs to.
 * @param {{ nodes: any[], samples: number[], timeDeltas: number[], startTime: number }} profile times in microseconds
 * @param {{ fromUs: number, untilUs: number }} window
 */
export function selfTimes({ nodes, samples, timeDeltas, startTime }, { fromUs, untilUs }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const functions = new Map();
  const places = new Map();
  let at = startTime;
  let busyMs = 0;
  for (const [index, id] of samples.entries()) {
    // A sample stands for the time until the next one.
    at += timeDeltas[index];
    const ms = (timeDeltas[index + 1] ?? 0) / 1000;
    const frame = frames.get(id);
    if (at < fromUs || at > untilUs || frame.functionName === '(idle)') continue;
    busyMs += ms;
    add(functions, describe(frame), ms);
    add(places, placeOf(frame), ms);
  }
  return { busyMs, functions: largestFirst(functions), places: largestFirst(places) };
}

function describe({ functionName, url, lineNumber }) {
  const name = functionName || '(anonymous)';
  return url ? `${name} ${shortened(url)}:${lineNumber + 1}` : name;
}

/** `node:…` of Node itself, a package's name, or `libs/events` and the like. */
function placeOf({ functionName, url }) {
  if (!url) return functionName.startsWith('(') ? functionName : '(native)';
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  const path = shortened(url);
  const parts = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length).split('/');
  if (!path.includes('node_modules/')) return path.split('/').slice(0, 2).join('/');
  return parts.slice(0, parts[0].startsWith('@') ? 2 : 1).join('/');
}

function shortened(url) {
  return url.startsWith('file://') ? relative(root, fileURLToPath(url)) : url;
}

function add(totals, key, ms) {
  totals.set(key, (totals.get(key) ?? 0) + ms);
}

function largestFirst(totals) {
  return [...totals].sort(([, one], [, other]) => other - one);
}

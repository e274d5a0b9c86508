import { setTimeout as sleep } from 'node:timers/promises';
import { expectedTexts } from './panel.mjs';

/** A run whose answers are not what the models said proves nothing. */
export class VoidRun extends Error {
  name = 'VoidRun';
}

/**
 * One side's part in one measurement, all passes together. CPU is in seconds, by part of the side.
 * @typedef {{ comparisons: number, tokens: number, perSecond: number[], cpu: Record<string, number>, firstMs: number[] }} Taken
 */

/**
 * Takes a measurement: its passes, all sides in turn in each, every answer checked byte for byte.
 * @param {import('./measurements.mjs').Measurement} measurement
 * @param {{ name: string, run(load: import('./lanes.mjs').Load): Promise<any>, cpu(): Record<string, number> }[]} sides
 * @param {() => Record<string, number>} surroundings CPU seconds of what serves and watches: it belongs to no side
 * @returns {Promise<(Taken & { side: string, surroundings: Record<string, number> })[]>}
 */
export async function take(measurement, sides, surroundings) {
  const { passes, tokens, load, settleMs, name } = measurement;
  const all = sides.map((side) => ({
    side: side.name,
    comparisons: 0,
    tokens: 0,
    perSecond: [],
    cpu: {},
    surroundings: {},
    firstMs: [],
  }));
  for (let pass = 0; pass < passes; pass++)
    for (const [place, side] of sides.entries()) {
      const before = { own: side.cpu(), other: surroundings() };
      const outcome = await side.run({ ...load, prefix: `${name}-${pass}-${side.name}` });
      // What an answer sets going behind itself is part of its price.
      await sleep(settleMs);
      const taken = all[place];
      add(taken.cpu, before.own, side.cpu());
      add(taken.surroundings, before.other, surroundings());
      const answered = await outcome.answered();
      check(side.name, load.calls, answered);
      taken.perSecond.push(outcome.perSecond);
      taken.comparisons += answered.length;
      taken.tokens += answered.length * load.calls.length * tokens;
      taken.firstMs.push(...answered.flatMap(({ firstMs }) => firstMs));
    }
  return all;
}

/** Throws VoidRun unless every answer is exactly what its model said. */
export function check(side, calls, answered) {
  for (const { prompt, texts } of answered)
    for (const [slot, expected] of expectedTexts(calls, prompt).entries())
      if (texts[slot] !== expected)
        throw new VoidRun(
          `${side} received ${texts[slot].length} characters where ${calls[slot].model} said ${expected.length}, beginning to differ at ${differenceAt(texts[slot], expected)}.`,
        );
}

/** The value below which the given share of the samples lies. */
export function quantile(samples, share) {
  const sorted = samples.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export const sum = (values) => values.reduce((total, value) => total + value, 0);
export const mean = (values) => sum(values) / values.length;

function add(total, before, after) {
  for (const [part, seconds] of Object.entries(after)) total[part] = (total[part] ?? 0) + seconds - before[part];
}

function differenceAt(text, expected) {
  let at = 0;
  while (at < text.length && text[at] === expected[at]) at++;
  return at;
}

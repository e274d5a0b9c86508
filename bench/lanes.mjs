import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How much is asked, and how: `count` questions by `lanes` askers, each of which asks its next one when the last is
 * answered. Lanes start spread over `spreadMs`; none begins another question after `limitMs`.
 * @typedef {{ prefix: string, calls: import('./panel.mjs').Call[], lanes: number, count: number, spreadMs: number, limitMs: number,
 *   assessment?: object }} Load
 * @typedef {{ prompt: string, texts: string[], firstMs: number[] }} Answered `firstMs`: from asking to each answer's first text
 * @typedef {{ answered: Answered[], perSecond: number }} Outcome
 */

/**
 * Runs a load. The rate is the sum of the lanes' own rates, so that lanes which start or end apart from each other do not
 * count as idle.
 * @param {Load} load @param {(prompt: string, lane: number) => Promise<Answered>} ask @returns {Promise<Outcome>}
 */
export async function runLanes(load, ask) {
  const answered = [];
  const stopAt = performance.now() + load.limitMs;
  let asked = 0;
  let perSecond = 0;
  const lane = async (place) => {
    if (place > 0 && load.spreadMs > 0) await sleep((load.spreadMs * place) / load.lanes);
    const began = performance.now();
    let done = 0;
    while (asked < load.count && (done === 0 || performance.now() < stopAt)) {
      const prompt = `${load.prefix}-${asked++}: what is the best way to learn?`;
      answered.push(await ask(prompt, place));
      done++;
    }
    if (done > 0) perSecond += (done * 1000) / (performance.now() - began);
  };
  await Promise.all(Array.from({ length: load.lanes }, (_, place) => lane(place)));
  return { answered, perSecond };
}

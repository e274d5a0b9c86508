import { callsOf } from './panel.mjs';

/** One paced answer's length in time: lanes start spread over it, so that at any moment streams are at every stage. */
const pacedMs = 4_000;
const long = { limitMs: 25_000, spreadMs: 0 };

/**
 * What is measured. Each pass runs the load once for every side, one after the other; the next pass follows, so that what
 * the machine does meanwhile meets both alike.
 * @typedef {{ name: string, passes: number, settleMs: number, against: boolean, tokens: number,
 *   load: Omit<import('./lanes.mjs').Load, 'prefix'> }} Measurement `against`: the SDK script does it too
 */
const all = [
  {
    name: 'firstToken',
    passes: 100,
    settleMs: 30,
    against: true,
    answers: { tokens: 5, rate: 50 },
    load: { ...long, lanes: 1, count: 1 },
    quick: { passes: 10 },
  },
  {
    name: 'paced100',
    passes: 2,
    settleMs: 300,
    against: true,
    answers: { tokens: 200, rate: 50 },
    load: { ...long, lanes: 25, count: 50, spreadMs: pacedMs },
    quick: { passes: 1, load: { count: 25 } },
  },
  {
    name: 'paced400',
    passes: 2,
    settleMs: 300,
    against: true,
    answers: { tokens: 200, rate: 50 },
    load: { ...long, lanes: 100, count: 200, spreadMs: pacedMs },
    quick: { passes: 1, load: { count: 100 } },
  },
  {
    name: 'unpaced200',
    passes: 3,
    settleMs: 300,
    against: true,
    answers: { tokens: 200, rate: 0 },
    load: { ...long, lanes: 16, count: 200, limitMs: 10_000 },
    quick: { passes: 1, load: { count: 60 } },
  },
  {
    name: 'unpaced1000',
    passes: 3,
    settleMs: 300,
    against: true,
    answers: { tokens: 1000, rate: 0 },
    load: { ...long, lanes: 16, count: 80, limitMs: 10_000 },
    quick: { passes: 1, load: { count: 30 } },
  },
  {
    name: 'instant',
    passes: 2,
    settleMs: 300,
    against: false,
    answers: { tokens: 1, rate: 0 },
    load: { ...long, lanes: 25, count: 400, limitMs: 8_000 },
    quick: { passes: 1, load: { count: 60 } },
  },
  {
    name: 'assessed',
    passes: 1,
    settleMs: 300,
    against: false,
    answers: { tokens: 200, rate: 0 },
    load: { ...long, lanes: 8, count: 100, limitMs: 10_000, assessment: {} },
    quick: { load: { count: 16 } },
  },
];

export const measurementNames = all.map(({ name }) => name);

/**
 * @param {{ quick: boolean, only: string[] | undefined }} options `only`: names, or the beginnings of names
 * @returns {Measurement[]}
 */
export function chosenMeasurements({ quick, only }) {
  return all
    .filter(({ name }) => !only || only.some((wanted) => name.startsWith(wanted)))
    .map(({ quick: smaller, answers, ...measurement }) => {
      const changed = quick ? smaller : {};
      const load = { ...measurement.load, ...changed.load, calls: callsOf(answers) };
      return { ...measurement, ...changed, tokens: answers.tokens, load };
    });
}

/** Every model a run may ask, for the simulator's lists. */
export function modelsAsked() {
  return [...new Set([...all.flatMap(({ answers }) => callsOf(answers)), ...warmUp.calls].map(({ model }) => model))];
}

/** What is run, unmeasured, until everything has been compiled, connected and discovered. */
export const warmUp = { ...long, lanes: 8, count: 60, calls: callsOf({ tokens: 200, rate: 0 }) };

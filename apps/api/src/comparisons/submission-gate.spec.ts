import { SubmissionGate } from './submission-gate.js';

const atOnce = 12;
let gate: SubmissionGate;
let running: number;
let most: number;
let started: number;

beforeEach(() => {
  jest.useFakeTimers();
  gate = new SubmissionGate();
  running = most = started = 0;
});
afterEach(() => jest.useRealTimers());

/** A submission that takes so long and may fail. */
function submit(takesMs: number, fails = false): Promise<string> {
  return gate.pass(async () => {
    started++;
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, takesMs));
    running--;
    if (fails) throw new Error('not stored');
    return 'stored';
  });
}

const outcomes = (all: Promise<string>[]): Promise<string[]> =>
  Promise.all(all.map((one) => one.catch((error: { code?: string; message: string }) => error.code ?? error.message)));

it('lets so many in at once and the others one by one as room comes', async () => {
  const all = outcomes(Array.from({ length: 30 }, () => submit(300)));
  await jest.advanceTimersByTimeAsync(1000);
  expect(await all).toEqual(Array.from({ length: 30 }, () => 'stored'));
  expect(most).toBe(atOnce);
});

it('refuses what waited a second, and never runs it', async () => {
  const all = outcomes(Array.from({ length: atOnce + 5 }, () => submit(1500)));
  await jest.advanceTimersByTimeAsync(10_000);
  const told = await all;
  expect(told.slice(0, atOnce)).toEqual(Array.from({ length: atOnce }, () => 'stored'));
  expect(told.slice(atOnce)).toEqual(Array.from({ length: 5 }, () => 'unavailable'));
  expect(started).toBe(atOnce);
});

it('says when to try again', async () => {
  const inside = outcomes(Array.from({ length: atOnce }, () => submit(5000)));
  const refused = submit(1).catch((error: unknown) => error);
  await jest.advanceTimersByTimeAsync(1000);
  expect(await refused).toMatchObject({ code: 'unavailable', members: { retryAfterMs: 1000 } });
  await jest.advanceTimersByTimeAsync(5000);
  await inside;
});

it('loses no room to what was refused or what failed', async () => {
  const failed = outcomes(Array.from({ length: atOnce }, () => submit(1200, true)));
  const refused = outcomes([submit(1), submit(1)]);
  await jest.advanceTimersByTimeAsync(2000);
  expect(await failed).toEqual(Array.from({ length: atOnce }, () => 'not stored'));
  expect(await refused).toEqual(['unavailable', 'unavailable']);
  const again = outcomes(Array.from({ length: atOnce }, () => submit(10)));
  await jest.advanceTimersByTimeAsync(10);
  expect(await again).toEqual(Array.from({ length: atOnce }, () => 'stored'));
});

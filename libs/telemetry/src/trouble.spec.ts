import type { Logger } from 'pino';
import { TroubleLog } from './trouble.js';

let lines: { err: unknown; repeated?: number }[];
let trouble: TroubleLog;

beforeEach(() => {
  jest.useFakeTimers();
  lines = [];
  trouble = new TroubleLog({ warn: (line: never) => lines.push(line) } as unknown as Logger, 10_000);
});
afterEach(() => jest.useRealTimers());

const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

it('tells the first of a kind at once, with where it was', () => {
  const error = refused();
  trouble.report(error, { job: 'answer' });
  expect(lines).toEqual([{ err: error, job: 'answer' }]);
});

it('holds back what repeats, and says how much that was when it tells it again', () => {
  for (let times = 0; times < 5; times++) trouble.report(refused());
  expect(lines).toHaveLength(1);
  jest.advanceTimersByTime(10_000);
  trouble.report(refused());
  expect(lines[1]).toMatchObject({ repeated: 4 });
  jest.advanceTimersByTime(10_000);
  trouble.report(refused());
  expect(lines[2]).not.toHaveProperty('repeated');
});

it('does not hold back another kind', () => {
  trouble.report(refused());
  trouble.report(new Error('something else'));
  trouble.report('a string');
  expect(lines).toHaveLength(3);
});

it.each([null, undefined])('takes %p, which somebody may have thrown', (thrown) => {
  trouble.report(thrown);
  expect(lines).toHaveLength(1);
});

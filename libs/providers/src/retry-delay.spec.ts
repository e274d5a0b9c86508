import { assert, constantFrom, double, integer, option, property } from 'fast-check';
import { ProviderError, type ProviderErrorKind } from './provider-error.js';
import { retryDelayMs } from './retry-delay.js';

const retry = { attempts: 3, baseMs: 500, maxMs: 20_000 };
const failed = (kind: ProviderErrorKind, retryAfterMs: number | null = null): ProviderError =>
  new ProviderError({ kind, message: 'x', retryAfterMs });

describe('retryDelayMs', () => {
  it('doubles the span of the jitter with every attempt', () => {
    const longest = (attempts: number): number | null =>
      retryDelayMs(failed('server'), attempts, { ...retry, attempts: 9 }, () => 1);
    expect([1, 2, 3, 8].map(longest)).toEqual([500, 1000, 2000, 20_000]);
    expect(retryDelayMs(failed('server'), 1, retry, () => 0)).toBe(0);
  });

  it.each<[ProviderErrorKind, number | null]>([
    ['rateLimit', 500],
    ['overloaded', 500],
    ['timeout', 500],
    ['connection', 500],
    ['server', 500],
    ['malformed', 500],
    ['unknown', 500],
    ['authentication', null],
    ['permission', null],
    ['notFound', null],
    ['budgetExceeded', null],
    ['contextLength', null],
    ['contentFilter', null],
    ['invalidRequest', null],
    ['cancelled', null],
  ])('after %s waits %p', (kind, delay) => {
    expect(retryDelayMs(failed(kind), 1, retry, () => 1)).toBe(delay);
  });

  it('gives up when the attempts are used', () => {
    expect(retryDelayMs(failed('server'), 2, retry, () => 1)).toBe(1000);
    expect(retryDelayMs(failed('server'), 3, retry)).toBeNull();
  });

  it('tries an unreadable or unexplained failure only once more', () => {
    expect(retryDelayMs(failed('malformed'), 2, retry)).toBeNull();
    expect(retryDelayMs(failed('unknown'), 2, retry)).toBeNull();
  });

  it('never returns before Retry-After, and does not wait for one beyond the maximum', () => {
    expect(retryDelayMs(failed('rateLimit', 7000), 1, retry, () => 0)).toBe(7000);
    expect(retryDelayMs(failed('rateLimit', 20_000), 1, retry, () => 1)).toBe(20_000);
    expect(retryDelayMs(failed('rateLimit', 20_001), 1, retry)).toBeNull();
  });

  it('stays between Retry-After and the maximum, whatever the settings', () => {
    assert(
      property(
        constantFrom<ProviderErrorKind>('rateLimit', 'overloaded', 'server', 'connection'),
        option(integer({ min: 0, max: 60_000 })),
        integer({ min: 1, max: 2000 }),
        integer({ min: 0, max: 5000 }),
        integer({ min: 0, max: 30_000 }),
        double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (kind, retryAfterMs, attemptsSoFar, baseMs, maxMs, chance) => {
          const delay = retryDelayMs(failed(kind, retryAfterMs), attemptsSoFar, { attempts: 3000, baseMs, maxMs }, () => chance);
          const floor = retryAfterMs ?? 0;
          if (floor > maxMs) return delay === null;
          return delay !== null && Number.isInteger(delay) && delay >= floor && delay <= maxMs;
        },
      ),
    );
  });
});

import type { Usage } from '@polyphony/contracts';
import * as fc from 'fast-check';
import { costOf, worstCostOf } from './cost.js';
import type { PriceList } from './cost.js';
import { toMoney } from './nanos.js';

function usage(
  inputTokens: number | null,
  outputTokens: number | null,
  cachedInputTokens: number | null = null,
  cacheWriteTokens: number | null = null,
): Usage {
  return { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens: null };
}
const opus: PriceList = { input: 4, output: 20, cachedInput: 0.2, cacheWrite: 5 };
const sol: PriceList = {
  input: 2,
  output: 10,
  cachedInput: 0.2,
  cacheWrite: 2.5,
  tiers: [{ aboveInputTokens: 272_000, prices: { input: 4, output: 15, cachedInput: 0.4, cacheWrite: 5 } }],
};
const flash: PriceList = { input: 0.75, output: 3.75, cachedInput: 0.075, cacheWrite: null };
const sonnet37: PriceList = { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75 };

describe('the cost of a call', () => {
  it.each([
    ['cached and cache-write tokens at prices of their own', usage(10_000, 1500, 7000, 1000), opus, '0.0444'],
    ['a whole request at the long-context tier', usage(300_000, 2000, 100_000), sol, '0.87'],
    ['reasoning as part of the output', usage(10_000, 2000, 4000), flash, '0.0123'],
    ['a cache write once, not also as plain input', usage(12_307, 550, 0, 12_304), sonnet37, '0.054399'],
    ['input at the bound of a tier at the lower price', usage(272_000, 0), sol, '0.544'],
    [
      'cached tokens as input when they have no price',
      usage(1000, 0, 1000),
      { input: 1, output: 5, cachedInput: null, cacheWrite: null },
      '0.001',
    ],
    ['a free model as a known zero', usage(1000, 1000), { input: 0, output: 0, cachedInput: null, cacheWrite: null }, '0'],
    [
      'a price written with an exponent',
      usage(10_000_000, 0),
      { input: 1e-7, output: 0, cachedInput: null, cacheWrite: null },
      '0.000001',
    ],
  ])('charges %s', (_title, tokens, prices, expected) => {
    const nanos = costOf(tokens, prices);
    expect(nanos === null ? null : toMoney(nanos)).toBe(expected);
  });

  it('is not known when input or output tokens are not known', () => {
    expect(costOf(usage(null, 10), opus)).toBeNull();
    expect(costOf(usage(10, null), opus)).toBeNull();
    expect(costOf(usage(10, -1), opus)).toBeNull();
    expect(costOf(usage(10, 1.5), opus)).toBeNull();
  });

  it('rounds half up, once, over the sum of all classes', () => {
    const half: PriceList = { input: 0.0005, output: 0.0005, cachedInput: null, cacheWrite: null };
    expect(costOf(usage(1, 0), half)).toBe(1n);
    expect(costOf(usage(1, 1), half)).toBe(1n);
    expect(costOf(usage(1, 2), half)).toBe(2n);
  });

  it('never charges less than reported when classes exceed the total', () => {
    expect(costOf(usage(10, 0, 100, 0), opus)).toBe(100n * 200n);
  });

  it('refuses a price that is not a finite number of zero or more', () => {
    for (const input of [-1, NaN, Infinity]) expect(() => costOf(usage(1, 1), { ...opus, input })).toThrow(RangeError);
  });

  it('is never above the worst case for the same tokens', () => {
    const price = fc.integer({ min: 0, max: 50_000 }).map((milli) => milli / 1000);
    fc.assert(
      fc.property(
        price,
        price,
        fc.option(price),
        fc.option(price),
        fc.nat(500_000),
        fc.nat(9000),
        fc.nat(100),
        fc.nat(100),
        (input, output, cachedInput, cacheWrite, tokens, out, cachedShare, writtenShare) => {
          const prices = { input, output, cachedInput, cacheWrite };
          const cached = Math.floor((tokens * cachedShare) / 200);
          const written = Math.floor((tokens * writtenShare) / 200);
          expect(costOf(usage(tokens, out, cached, written), prices)! <= worstCostOf(tokens, out, prices)).toBe(true);
        },
      ),
    );
  });
});

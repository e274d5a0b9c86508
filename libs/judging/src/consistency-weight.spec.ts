import * as fc from 'fast-check';
import { cappedShares, consistencyWeight, effectiveVotes } from './consistency-weight.js';

describe('the weight of a judge', () => {
  it.each([
    [{ agree: 0, total: 0 }, Math.log(3) ** 2],
    [{ agree: 9, total: 10 }, Math.log(6) ** 2],
    [{ agree: 10, total: 10 }, Math.log(13) ** 2],
    [{ agree: 5, total: 12 }, 0.01],
    [{ agree: 0, total: 10 }, 0.01],
  ])('of %j is its squared log-odds with prior counts', (counts, weight) => {
    expect(consistencyWeight(counts)).toBeCloseTo(weight, 12);
  });

  it.each([
    [[1, 1, 1], 0.6, [1 / 3, 1 / 3, 1 / 3]],
    [[8, 1, 1], 0.6, [0.6, 0.2, 0.2]],
    [[8, 1, 1], 0.45, [0.45, 0.275, 0.275]],
    [[50, 50, 1], 0.45, [0.45, 0.45, 0.1]],
    [[8, 1], 0.45, [0.5, 0.5]],
    [[8], 0.6, [1]],
    [[8, 0], 0.6, [1, 0]],
    [[0, 0], 0.6, [0, 0]],
    [[], 0.6, []],
  ])('becomes, from %j with a cap of %d, the shares %j', (weights, cap, shares) => {
    const actual = cappedShares(weights, cap);
    expect(actual).toHaveLength(shares.length);
    for (const [index, share] of shares.entries()) expect(actual[index]).toBeCloseTo(share, 10);
  });

  it('always gives shares of one that keep the cap where it can be kept', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 50, noNaN: true }), { minLength: 1, maxLength: 7 }),
        fc.constantFrom(0.45, 0.6),
        (weights, cap) => {
          const shares = cappedShares(weights, cap);
          expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
          for (const share of shares) expect(share).toBeLessThanOrEqual(Math.max(cap, 1 / weights.length) + 1e-9);
        },
      ),
    );
  });

  it('counts as one vote alone and as many among equals', () => {
    expect(effectiveVotes([3])).toBe(1);
    expect(effectiveVotes([2, 2, 2])).toBeCloseTo(3);
    expect(effectiveVotes([0.6, 0.2, 0.2])).toBeCloseTo(1 / 0.44);
    expect(effectiveVotes([])).toBe(0);
  });
});

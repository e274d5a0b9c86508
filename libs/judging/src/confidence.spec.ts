import * as fc from 'fast-check';
import { confidenceOf, outcomeOf, regularisedBeta } from './confidence.js';

describe('the regularised incomplete beta function', () => {
  it.each([
    [0.5, 1, 1, 0.5],
    [0.5, 2, 3, 0.6875],
    [0.5, 5, 1, 1 / 32],
    [0.3, 2, 5, 0.579825],
    [0.25, 0.5, 0.5, 1 / 3],
    [0.9, 10, 2, 0.6973568802],
    [0, 2, 2, 0],
    [1, 2, 2, 1],
  ])('at x = %d, a = %d, b = %d is %d', (x, a, b, value) => {
    expect(regularisedBeta(x, a, b)).toBeCloseTo(value, 9);
  });

  it('is symmetric and grows with x', () => {
    const parameter = fc.double({ min: 0.1, max: 30, noNaN: true });
    const unit = fc.integer({ min: 0, max: 1000 }).map((permille) => permille / 1000);
    fc.assert(
      fc.property(unit, unit, parameter, parameter, (x, y, a, b) => {
        expect(regularisedBeta(x, a, b) + regularisedBeta(1 - x, b, a)).toBeCloseTo(1, 9);
        expect(regularisedBeta(Math.max(x, y), a, b)).toBeGreaterThanOrEqual(regularisedBeta(Math.min(x, y), a, b) - 1e-12);
      }),
    );
  });
});

describe('confidence', () => {
  it.each([
    ['two unanimous judges in both orders', 1, 4, 31 / 32, 'clear'],
    ['one unanimous judge in both orders', 1, 2, 0.875, 'clear'],
    ['one judge in one order', 1, 1, 0.75, 'likely'],
    ['an even vote', 0.5, 4, 0.5, 'tossUp'],
    ['no vote', 1, 0, 0.5, 'tossUp'],
  ])('of %s', (_what, share, votes, confidence, outcome) => {
    expect(confidenceOf(share, votes)).toBeCloseTo(confidence, 10);
    expect(outcomeOf(confidenceOf(share, votes))).toBe(outcome);
  });
});

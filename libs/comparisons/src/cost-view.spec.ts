import type { CostTotals } from '@polyphony/storage';
import { comparisonCost, sumCosts } from './cost-view.js';

const none: CostTotals = {
  answersNanos: 0n, assessmentNanos: 0n, knownAnswers: 0, knownAssessments: 0, unknownAnswers: 0, unknownAssessments: 0, estimated: 0,
}; // prettier-ignore

describe('the cost of a comparison', () => {
  it('is exactly nothing before the first call', () => {
    expect(comparisonCost(undefined)).toEqual({ totalUsd: '0', answersUsd: '0', assessmentUsd: '0', basis: 'exact' });
  });

  it('adds what answers and assessment cost', () => {
    const totals = { ...none, answersNanos: 1_500_000_000n, assessmentNanos: 1n, knownAnswers: 2, knownAssessments: 1 };
    expect(comparisonCost(totals)).toEqual({ totalUsd: '1.500000001', answersUsd: '1.5', assessmentUsd: '0.000000001', basis: 'exact' }); // prettier-ignore
  });

  it('is estimated as soon as one call is', () => {
    expect(comparisonCost({ ...none, answersNanos: 1n, knownAnswers: 2, estimated: 1 }).basis).toBe('estimated');
  });

  it('is the known part, and says so, when some of it is unknown', () => {
    const totals = { ...none, answersNanos: 7n, knownAnswers: 1, unknownAnswers: 1, estimated: 1 };
    expect(comparisonCost(totals)).toEqual({ totalUsd: '0.000000007', answersUsd: '0.000000007', assessmentUsd: '0', basis: 'partial' }); // prettier-ignore
  });

  it('is unknown, not zero, when nothing of it is known', () => {
    expect(comparisonCost({ ...none, unknownAnswers: 2 })).toMatchObject({ totalUsd: null, answersUsd: null, basis: 'partial' });
  });

  it('of an assessment is unknown, not zero, although that of the answers is known', () => {
    const totals = { ...none, answersNanos: 7n, knownAnswers: 1, unknownAssessments: 3 };
    expect(comparisonCost(totals)).toEqual({ totalUsd: '0.000000007', answersUsd: '0.000000007', assessmentUsd: null, basis: 'partial' }); // prettier-ignore
  });

  it('of answers is unknown, not zero, although that of the assessment is known', () => {
    const totals = { ...none, assessmentNanos: 7n, knownAssessments: 1, unknownAnswers: 1 };
    expect(comparisonCost(totals)).toMatchObject({ answersUsd: null, assessmentUsd: '0.000000007', totalUsd: '0.000000007' });
  });
});

describe('the cost of several calls', () => {
  const exact = (costNanos: string) => ({ costNanos, costBasis: 'exact' as const });
  const estimated = { costNanos: '3', costBasis: 'estimated' as const };
  const unknown = { costNanos: null, costBasis: 'unknown' as const };

  it('is nothing without a call', () => expect(sumCosts([])).toEqual({ usd: '0', basis: 'exact' }));
  it('is their sum', () => {
    expect(sumCosts([exact('9007199254740993'), exact('2')])).toEqual({ usd: '9007199.254740995', basis: 'exact' });
  });
  it('is estimated as soon as one is', () => {
    expect(sumCosts([exact('1'), estimated])).toEqual({ usd: '0.000000004', basis: 'estimated' });
  });
  it('is unknown as soon as one is', () => {
    expect(sumCosts([exact('1'), unknown, estimated])).toEqual({ usd: null, basis: 'unknown' });
  });
});

import type { ComparisonCost, Cost } from '@polyphony/contracts';
import { toMoney } from '@polyphony/money';
import type { CostTotals } from '@polyphony/storage';

/** The cost so far as clients see it. Parts of which nothing at all is known are null, never "0". */
export function comparisonCost(totals: CostTotals | undefined): ComparisonCost {
  if (!totals) return { totalUsd: '0', answersUsd: '0', assessmentUsd: '0', basis: 'exact' };
  const { answersNanos, assessmentNanos, knownAnswers, knownAssessments, unknownAnswers, unknownAssessments, estimated } = totals;
  const answersUnknown = unknownAnswers > 0 && knownAnswers === 0;
  const assessmentUnknown = unknownAssessments > 0 && knownAssessments === 0;
  const unknown = unknownAnswers + unknownAssessments;
  return {
    totalUsd: unknown > 0 && knownAnswers + knownAssessments === 0 ? null : toMoney(answersNanos + assessmentNanos),
    answersUsd: answersUnknown ? null : toMoney(answersNanos),
    assessmentUsd: assessmentUnknown ? null : toMoney(assessmentNanos),
    basis: unknown > 0 ? 'partial' : estimated > 0 ? 'estimated' : 'exact',
  };
}

/** What several calls cost together: unknown as soon as one of them is, estimated as soon as one is. */
export function sumCosts(calls: readonly { costNanos: string | null; costBasis: Cost['basis'] }[]): Cost {
  if (calls.length === 0) return { usd: '0', basis: 'exact' };
  if (calls.some((call) => call.costNanos === null)) return { usd: null, basis: 'unknown' };
  const usd = toMoney(calls.reduce((sum, call) => sum + BigInt(call.costNanos!), 0n));
  return { usd, basis: calls.some((call) => call.costBasis === 'estimated') ? 'estimated' : 'exact' };
}

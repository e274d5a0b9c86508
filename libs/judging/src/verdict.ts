import type { ModelId } from '@polyphony/contracts';
import type { Ballot } from './ballot.js';
import type { OrderCounts } from './consistency-weight.js';

/**
 * What one judge says about every pair of answers, however it was asked: by ballots over all answers, or (in a mode that
 * plays them) pair by pair. Aggregation needs nothing else.
 */
export interface Verdict {
  judge: ModelId;
  /** In how many orders of the answers the judge gave a valid verdict: 1 or 2. */
  orders: number;
  /** 1 when a is better, 0 when b is, .5 when equal; the mean over the orders. */
  preference: (a: string, b: string) => number;
  /** 0..100, the mean over the orders. */
  meanScore: (answerId: string) => number;
  /** Pairs judged the same in both orders; none when there was only one. */
  consistency: OrderCounts;
}

/** The verdict of the ballots (one per order) of one judge, each holding a score for every answer. */
export function verdictOf(judge: ModelId, ballots: readonly Ballot[], answerIds: readonly string[]): Verdict {
  const scores = ballots.map((ballot) => new Map(ballot.candidates.map(({ answerId, score }) => [answerId, score])));
  const compare = (of: Map<string, number>, a: string, b: string) => (Math.sign(of.get(a)! - of.get(b)!) + 1) / 2;
  const consistency = { agree: 0, total: 0 };
  const [first, second] = scores;
  if (first && second)
    for (const [index, a] of answerIds.entries())
      for (const b of answerIds.slice(index + 1)) {
        consistency.total++;
        if (compare(first, a, b) === compare(second, a, b)) consistency.agree++;
      }
  return {
    judge,
    orders: ballots.length,
    preference: (a, b) => mean(scores.map((of) => compare(of, a, b))),
    meanScore: (answerId) => mean(scores.map((of) => of.get(answerId)!)),
    consistency,
  };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

import type { ModelId } from '@polyphony/contracts';
import { cappedShares } from './consistency-weight.js';
import type { Verdict } from './verdict.js';

export interface RankedAnswer {
  answerId: string;
  /** Who wrote it, so that a judge's votes on its own answer can be discounted. */
  model: ModelId;
}
/** A judge's verdict and what it weighs before any cap. */
export interface Vote {
  verdict: Verdict;
  weight: number;
}
export interface Standing {
  answerId: string;
  place: number;
  /** Borda-like: the mean weighted share of votes against each other answer, 0..1. */
  score: number;
  meanScore: number;
}
export interface Standings {
  /** Best first; those of a tie share a place. */
  order: Standing[];
  /** The answers in first place. */
  leaders: string[];
  /** The weighted share of votes for a over b. */
  preference: (a: string, b: string) => number;
  /** Each vote's share in the decision between a and b. */
  shares: (a: string, b: string) => number[];
}

const tieWidth = 0.05;
const selfVoteDiscount = 0.5;

/**
 * Ranks answers by the weighted votes on every pair. A judge's vote on a pair with its own answer counts half where two
 * other judges voted, or not at all with `selfVotes: 'removed'`. Within a tie the order is by pairs won, mean score, id.
 * The result does not depend on the order of answers or votes.
 */
export function standingsOf(
  answers: readonly RankedAnswer[],
  votes: readonly Vote[],
  options: { cap: number; selfVotes: 'discounted' | 'removed' },
): Standings {
  const ids = answers.map((answer) => answer.answerId).sort();
  const author = new Map(answers.map((answer) => [answer.answerId, answer.model]));
  const ordered = votes.toSorted((a, b) => (a.verdict.judge < b.verdict.judge ? -1 : 1));
  const selfVoteFactor = options.selfVotes === 'removed' ? 0 : votes.length > 2 ? selfVoteDiscount : 1;
  const baseShares = cappedShares(ordered.map((vote) => vote.weight), options.cap); // prettier-ignore

  const shares = (a: string, b: string) =>
    cappedShares(
      ordered.map(({ verdict, weight }) =>
        verdict.judge === author.get(a) || verdict.judge === author.get(b) ? weight * selfVoteFactor : weight,
      ),
      options.cap,
    );
  const preference = (a: string, b: string) => {
    const pairShares = shares(a, b);
    if (pairShares.every((share) => share === 0)) return 0.5;
    return steady(pairShares.reduce((sum, share, index) => sum + share * ordered[index]!.verdict.preference(a, b), 0));
  };

  const entries = ids.map((answerId) => {
    const against = ids.filter((other) => other !== answerId).map((other) => preference(answerId, other));
    return {
      answerId,
      score: steady(against.reduce((sum, share) => sum + share, 0) / Math.max(1, against.length)),
      meanScore: steady(baseShares.reduce((sum, share, index) => sum + share * ordered[index]!.verdict.meanScore(answerId), 0)),
      pairsWon: against.reduce((sum, share) => sum + (share > 0.5 ? 1 : share === 0.5 ? 0.5 : 0), 0),
    };
  });
  entries.sort((a, b) => b.score - a.score);
  const groups: (typeof entries)[] = [];
  for (const entry of entries) {
    const group = groups.at(-1);
    if (group && steady(group[0]!.score - entry.score) < tieWidth) group.push(entry);
    else groups.push([entry]);
  }
  const order = groups.flatMap((group, index) => {
    const place = 1 + groups.slice(0, index).reduce((sum, better) => sum + better.length, 0);
    group.sort((a, b) => b.pairsWon - a.pairsWon || b.meanScore - a.meanScore || (a.answerId < b.answerId ? -1 : 1));
    return group.map(({ answerId, score, meanScore }) => ({ answerId, place, score, meanScore }));
  });
  return { order, leaders: (groups[0] ?? []).map((entry) => entry.answerId), preference, shares };
}

/** Takes the last bits of floating-point noise away, so that sums in another order compare equal. */
function steady(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

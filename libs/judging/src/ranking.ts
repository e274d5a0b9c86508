import type { JudgeReport, ModelId, Ranking } from '@polyphony/contracts';
import type { AnswerToRank } from './answer-to-rank.js';
import { confidenceOf, outcomeOf } from './confidence.js';
import { cappedShares, consistencyWeight, effectiveVotes } from './consistency-weight.js';
import type { OrderCounts } from './consistency-weight.js';
import { explainRanking } from './explanation.js';
import { ballotsByJudge } from './judge-ballots.js';
import type { BallotReceived, JudgeBallots } from './judge-ballots.js';
import { standingsOf } from './standings.js';
import type { RankedAnswer, Standings, Vote } from './standings.js';
import { unrankedResult } from './unranked.js';
import { verdictOf } from './verdict.js';

export interface RankRequest {
  answers: AnswerToRank[];
  ballots: BallotReceived[];
  /** Each judge's order consistency in all earlier rankings. */
  history: Readonly<Record<ModelId, OrderCounts>>;
  /** Answers that cannot be ranked, such as failed ones. */
  excluded: { answerId: string; reason: string }[];
  mode: 'panel';
}
export interface RankResult {
  ranking: Omit<Ranking, 'version' | 'createdAt'>;
  /** The judges' order consistency in this ranking alone, to be added to their history. */
  consistency: ({ judge: ModelId } & OrderCounts)[];
}
const shareCap = 0.6;
/** A judge that obeys text directed at it is perfectly consistent, so no one may decide alone once an answer is suspect. */
const shareCapWhenFlagged = 0.45;
const flaggedVotesFactor = 0.5;
const doubtfulWinnerConfidence = 0.5;

/** Turns the judges' ballots into a ranking that says how far to trust it. Pure: the same input in any order gives the same result. */
export function rank(request: RankRequest): RankResult {
  const empty = request.answers.filter((answer) => answer.text.trim() === '');
  const answers = request.answers.filter((answer) => answer.text.trim() !== '');
  const excluded = [...request.excluded, ...empty.map(({ answerId }) => ({ answerId, reason: 'the answer is empty' }))];
  const ids = answers.map((answer) => answer.answerId);
  const panel = ballotsByJudge(request.ballots, ids);
  const voting = panel.filter((member) => member.usable.length > 0);
  if (answers.length < 2 || voting.length === 0) {
    const judges = panel.map((member) => reportOf(member, 0, request.history[member.judge]));
    return { ranking: unrankedResult({ answers, excluded, judges, panel }), consistency: [] };
  }

  const votes = voting.map(({ judge, usable }): Vote => {
    const verdict = verdictOf(judge, usable, ids);
    return { verdict, weight: (consistencyWeight(added(verdict.consistency, request.history[judge])) * verdict.orders) / 2 };
  });
  const flags = flagsOf(answers, voting, votes);
  const suspect = [...flags.values()].some((of) => of.includes('judge_directed_text'));
  const cap = suspect ? shareCapWhenFlagged : shareCap;
  const standings = standingsOf(answers, votes, { cap, selfVotes: 'discounted' });
  const changedBy = whatChangesTheWinner(answers, votes, cap, standings);
  const winnerSuspect = standings.leaders.some((id) => flags.get(id)!.includes('judge_directed_text'));
  const measured = measuredConfidence(standings, votes, suspect);
  const confidence = winnerSuspect ? Math.min(measured, doubtfulWinnerConfidence) : measured;
  const outcome = changedBy.length > 0 || winnerSuspect ? 'contested' : outcomeOf(confidence);

  const shares = cappedShares(
    votes.map((vote) => vote.weight),
    cap,
  );
  const shareOf = new Map(votes.map((vote, index) => [vote.verdict.judge, shares[index]!]));
  const consistencyNow = new Map(votes.map(({ verdict }) => [verdict.judge, verdict.consistency]));
  const judges = panel.map((member) =>
    reportOf(
      member,
      rounded(shareOf.get(member.judge) ?? 0),
      added(consistencyNow.get(member.judge), request.history[member.judge]),
    ),
  );
  const consistency = votes
    .filter(({ verdict }) => verdict.orders === 2)
    .map(({ verdict }) => ({ judge: verdict.judge, ...verdict.consistency }));
  return {
    ranking: {
      mode: request.mode,
      outcome,
      places: standings.order.map((standing) => ({
        ...standing,
        score: rounded(standing.score),
        meanScore: Math.round(standing.meanScore * 10) / 10,
        flags: flags.get(standing.answerId)!,
      })),
      unranked: excluded,
      confidence: rounded(confidence),
      judges,
      explanation: explainRanking({
        answers,
        standings,
        panel,
        judges,
        consistency,
        confidence,
        outcome,
        changedBy,
        winnerSuspect,
        suspect,
      }),
      answerIds: ids,
    },
    consistency,
  };
}

/** The detector's flags; text directed at judges as soon as one judge sees it; others when judges of half the weight do. */
function flagsOf(
  answers: readonly AnswerToRank[],
  voting: readonly JudgeBallots[],
  votes: readonly Vote[],
): Map<string, string[]> {
  const total = votes.reduce((sum, vote) => sum + vote.weight, 0);
  return new Map(
    answers.map(({ answerId, flags }) => {
      const support = new Map<string, number>();
      for (const [index, { usable }] of voting.entries()) {
        const raised = new Set(
          usable.flatMap((ballot) => ballot.candidates.find((candidate) => candidate.answerId === answerId)!.flags),
        );
        for (const flag of raised) support.set(flag, (support.get(flag) ?? 0) + votes[index]!.weight);
      }
      const agreed = [...support]
        .filter(([flag, weight]) => flag === 'judge_directed_text' || weight >= total / 2)
        .map(([flag]) => flag);
      return [answerId, [...new Set([...flags, ...agreed])].sort()];
    }),
  );
}

/** What, left out, would put other answers first: the votes of judges on their own answers, or any one judge. */
function whatChangesTheWinner(
  answers: readonly RankedAnswer[],
  votes: readonly Vote[],
  cap: number,
  standings: Standings,
): string[] {
  const changes = (remaining: readonly Vote[], selfVotes: 'discounted' | 'removed') =>
    remaining.length > 0 &&
    !standingsOf(answers, remaining, { cap, selfVotes }).leaders.some((leader) => standings.leaders.includes(leader));
  return [
    ...(changes(votes, 'removed') ? ['self-votes'] : []),
    ...votes.filter((vote) => changes(votes.filter((other) => other !== vote), 'discounted')).map((vote) => vote.verdict.judge), // prettier-ignore
  ].sort();
}

/** Of the first over the second; a shared first place says that neither is better. */
function measuredConfidence(standings: Standings, votes: readonly Vote[], suspect: boolean): number {
  if (standings.leaders.length > 1) return 0.5;
  const [first, second] = standings.order;
  const orders = votes.reduce((sum, vote) => sum + vote.verdict.orders, 0) / votes.length;
  const over = (other: string): number => {
    const independent = Math.min(2, effectiveVotes(standings.shares(first!.answerId, other))) * orders;
    return confidenceOf(standings.preference(first!.answerId, other), suspect ? independent * flaggedVotesFactor : independent);
  };
  // Several may share the second place: the winner is as sure as against the one it beats least clearly.
  return Math.min(...standings.order.filter(({ place }) => place === second!.place).map(({ answerId }) => over(answerId)));
}

function reportOf(member: JudgeBallots, weight: number, counts: OrderCounts | undefined): JudgeReport {
  return {
    model: member.judge,
    weight,
    ballots: member.usable.length + member.abstained,
    invalidBallots: member.invalid,
    orderConsistency: counts && counts.total > 0 ? rounded(counts.agree / counts.total) : null,
  };
}

function added(a: OrderCounts | undefined, b: OrderCounts | undefined): OrderCounts {
  return { agree: (a?.agree ?? 0) + (b?.agree ?? 0), total: (a?.total ?? 0) + (b?.total ?? 0) };
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

import type { Ballot } from './ballot.js';
import type { BallotReceived } from './judge-ballots.js';
import type { AnswerToRank } from './answer-to-rank.js';
import type { RankRequest } from './ranking.js';

export function answer(answerId: string, overrides: Partial<AnswerToRank> = {}): AnswerToRank {
  return { answerId, model: `panel/${answerId}`, text: `The answer ${answerId}.`, flags: [], ...overrides };
}

/** A ballot with these scores by answer id. */
export function ballot(scores: Record<string, number>, overrides: Partial<Ballot> = {}): Ballot {
  return {
    criterion: '',
    candidates: Object.entries(scores).map(([answerId, score]) => ({
      answerId,
      analysis: `About ${answerId}.`,
      score,
      flags: [],
    })),
    abstain: false,
    idOf: {},
    notes: [],
    ...overrides,
  };
}

/** Both orders of one judge; one list of scores serves for both. */
export function judged(judge: string, forward: Record<string, number>, reverse = forward): BallotReceived[] {
  return [
    { judge, order: 'forward', ballot: ballot(forward) },
    { judge, order: 'reverse', ballot: ballot(reverse) },
  ];
}

export function request(answers: AnswerToRank[], ballots: BallotReceived[], overrides: Partial<RankRequest> = {}): RankRequest {
  return { answers, ballots, history: {}, excluded: [], mode: 'panel', ...overrides };
}

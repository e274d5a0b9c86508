import type { ModelId } from '@polyphony/contracts';
import type { Ballot } from './ballot.js';
import type { BallotOrder } from './ballot-prompt.js';

/** One call to a judge; without a ballot, the reason why it is invalid. */
export interface BallotReceived {
  judge: ModelId;
  order: BallotOrder;
  ballot: Ballot | null;
  reason?: string;
}

/** What one judge contributed: its usable ballots by order, and how many were of no use. */
export interface JudgeBallots {
  judge: ModelId;
  usable: Ballot[];
  abstained: number;
  invalid: number;
}

/** A ballot is of use when it scores every answer; of several for one order the first counts. */
export function ballotsByJudge(received: readonly BallotReceived[], ids: readonly string[]): JudgeBallots[] {
  const judges = [...new Set(received.map((entry) => entry.judge))].sort();
  return judges.map((judge) => {
    const own = received.filter((entry) => entry.judge === judge);
    const valid = own.flatMap(({ order, ballot }) =>
      ballot && (ballot.abstain || scoresAll(ballot, ids)) ? [{ order, ballot }] : [],
    );
    const counted = (['forward', 'reverse'] as const).flatMap(
      (order) => valid.find((entry) => entry.order === order && !entry.ballot.abstain) ?? [],
    );
    return {
      judge,
      usable: counted.map((entry) => entry.ballot),
      abstained: valid.filter((entry) => entry.ballot.abstain).length,
      invalid: own.length - valid.length,
    };
  });
}

function scoresAll(ballot: Ballot, ids: readonly string[]): boolean {
  const scored = new Set(ballot.candidates.map((candidate) => candidate.answerId));
  return ids.every((id) => scored.has(id));
}

import type { JudgeReport, Ranking } from '@polyphony/contracts';
import { labelsOf } from './answer-to-rank.js';
import type { OrderCounts } from './consistency-weight.js';
import type { JudgeBallots } from './judge-ballots.js';
import type { RankedAnswer, Standings } from './standings.js';

export interface ExplanationInput {
  answers: readonly RankedAnswer[];
  standings: Standings;
  panel: readonly JudgeBallots[];
  judges: readonly JudgeReport[];
  consistency: readonly OrderCounts[];
  confidence: number;
  outcome: Ranking['outcome'];
  /** Judges, or `self-votes`, without which another answer would be first. */
  changedBy: readonly string[];
  winnerSuspect: boolean;
  suspect: boolean;
}

/** A ranking in words: who is first and by how much, on how many votes, what speaks against it, and one reason quoted. */
export function explainRanking(input: ExplanationInput): string {
  const labels = labelsOf(input.answers);
  const label = (answerId: string) => labels.get(answerId)!;
  return [headline(input, label), basis(input), doubts(input), reason(input, label)].flat().filter(Boolean).join(' ');
}

function headline({ standings, confidence, outcome }: ExplanationInput, label: (id: string) => string): string {
  const sure = `(${{ clear: 'clear', likely: 'likely', tossUp: 'a toss-up', contested: 'contested', unranked: 'unranked' }[outcome]}, confidence ${confidence.toFixed(2)}).`;
  const [first, second] = standings.order;
  if (standings.leaders.length > 1) return `${listed(standings.leaders.map(label))} share first place ${sure}`;
  const share = Math.round(standings.preference(first!.answerId, second!.answerId) * 100);
  return `${label(first!.answerId)} is first, preferred to ${label(second!.answerId)} by ${share}% of the weighted votes ${sure}`;
}

function basis({ panel, consistency }: ExplanationInput): string[] {
  const voting = panel.filter((member) => member.usable.length > 0);
  const ballots = voting.reduce((sum, member) => sum + member.usable.length, 0);
  const pairs = consistency.reduce((sum, counts) => sum + counts.total, 0);
  const flips = pairs - consistency.reduce((sum, counts) => sum + counts.agree, 0);
  const invalid = panel.reduce((sum, member) => sum + member.invalid, 0);
  const abstained = panel.reduce((sum, member) => sum + member.abstained, 0);
  return [
    `${count(voting.length, 'judge')} gave ${count(ballots, 'ballot')}.`,
    pairs > 0 ? `Of ${count(pairs, 'verdict')} on pairs, ${flips} changed with the order of the answers.` : '',
    ballots < voting.length * 2 ? 'Judges who judged in one order only count half.' : '',
    invalid > 0 ? `${count(invalid, 'ballot')} could not be used.` : '',
    abstained > 0 ? `${count(abstained, 'ballot')} abstained.` : '',
  ];
}

function doubts({ answers, panel, changedBy, winnerSuspect, suspect }: ExplanationInput): string[] {
  const judges = changedBy.filter((who) => who !== 'self-votes');
  const judgedOwn = panel.some((member) => member.usable.length > 0 && answers.some((answer) => answer.model === member.judge));
  return [
    changedBy.includes('self-votes') ? 'Without votes of judges on their own answers another answer would be first.' : '',
    judgedOwn && !changedBy.includes('self-votes') ? 'Votes of judges on their own answers do not decide the first place.' : '',
    judges.length > 0 ? `Without ${judges.join(', or without ')} another answer would be first.` : '',
    winnerSuspect ? 'The first answer holds text that seems to be directed at the judges.' : '',
    suspect && !winnerSuspect ? 'One answer holds text that seems to be directed at the judges; no single judge decides.' : '',
  ];
}

/** From the weightiest judge's first ballot, about the first answer. */
function reason({ standings, panel, judges }: ExplanationInput, label: (id: string) => string): string {
  const weightiest = judges.toSorted((a, b) => b.weight - a.weight || (a.model < b.model ? -1 : 1))[0]!;
  const ballot = panel.find((member) => member.judge === weightiest.model)!.usable[0]!;
  const first = standings.order[0]!.answerId;
  const analysis = ballot.candidates.find((candidate) => candidate.answerId === first)!.analysis;
  const named = Object.entries(ballot.idOf).reduce(
    (text, [id, answerId]) =>
      text.replace(new RegExp(String.raw`(?<![\p{L}\p{N}])${id}(?![\p{L}\p{N}])`, 'gu'), () => label(answerId)),
    analysis.replace(/[\s\p{Cc}]+/gu, ' ').replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '').trim(), // prettier-ignore
  );
  return named && `${weightiest.model} (weight ${Math.round(weightiest.weight * 100)}%) on ${label(first)}: “${named}”`;
}

function listed(names: string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

import type { JudgeReport, Ranking } from '@polyphony/contracts';
import { labelsOf } from './answer-to-rank.js';
import type { AnswerToRank } from './answer-to-rank.js';
import type { JudgeBallots } from './judge-ballots.js';
import { shortValueOf } from './short-value.js';
import { limitWords } from './word-limits.js';

/**
 * The ranking when nothing was judged. A single answer has its place, without a score. Several answers without a valid
 * ballot have none: quality is not claimed, and the explanation says what can be seen without a judge (which answers are
 * incomplete, whether most end in the same value). Scores of 0 mean "not judged".
 */
export function unrankedResult(input: {
  answers: readonly AnswerToRank[];
  excluded: { answerId: string; reason: string }[];
  judges: JudgeReport[];
  panel: readonly JudgeBallots[];
}): Omit<Ranking, 'version' | 'createdAt'> {
  const { answers, excluded, judges, panel } = input;
  const [only] = answers;
  const single = answers.length === 1;
  const notJudged = answers.map(({ answerId, flags }) => ({
    answerId,
    reason: ['no judge gave a valid ballot', ...shortcomings(flags)].join('; '),
  }));
  return {
    mode: 'unranked',
    outcome: 'unranked',
    places: single ? [{ answerId: only!.answerId, place: 1, score: 0, meanScore: 0, flags: only!.flags }] : [],
    unranked: single ? excluded : [...notJudged, ...excluded],
    confidence: 0,
    judges,
    explanation: single
      ? 'Not ranked: there is only one answer, so there is nothing to compare it with.'
      : answers.length === 0
        ? 'Not ranked: there is no answer.'
        : [whyNoBallot(panel), ...whatCanBeSeen(answers), 'The answers stand in the order they were asked for.'].join(' '),
    answerIds: answers.map((answer) => answer.answerId),
  };
}

function whyNoBallot(panel: readonly JudgeBallots[]): string {
  if (panel.length === 0) return 'Not ranked: there was no judge.';
  const invalid = panel.reduce((sum, member) => sum + member.invalid, 0);
  const abstained = panel.reduce((sum, member) => sum + member.abstained, 0);
  if (invalid === 0) return `Not ranked: all ${abstained} ballots abstained.`;
  return `Not ranked: no judge gave a valid ballot (${invalid} invalid${abstained > 0 ? `, ${abstained} abstained` : ''}).`;
}

function whatCanBeSeen(answers: readonly AnswerToRank[]): string[] {
  const labels = labelsOf(answers);
  const incomplete = answers
    .filter(({ flags }) => shortcomings(flags).length > 0)
    .map(({ answerId, flags }) => `${labels.get(answerId)} (${shortcomings(flags).join(', ')})`);
  const [most, next] = [...countValues(answers)].sort(([, a], [, b]) => b - a);
  const majority = most && most[1] > answers.length / 2 && most[1] > (next?.[1] ?? 0) && most[1] > 1;
  return [
    incomplete.length > 0 ? `Incomplete: ${incomplete.join(', ')}.` : '',
    majority ? `${most[1]} of ${answers.length} answers end in the same value: ${limitWords(most[0], 12)}.` : '',
  ].filter(Boolean);
}

function countValues(answers: readonly AnswerToRank[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of answers.map((answer) => shortValueOf(answer.text)))
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function shortcomings(flags: readonly string[]): string[] {
  return [flags.includes('truncated') ? 'cut off' : '', flags.includes('refusal') ? 'declined' : ''].filter(Boolean);
}

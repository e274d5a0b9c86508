import type { AnswerStatus, AnswerSummary, AssessmentRequest, Ranking, Summary } from '@polyphony/contracts';
import { degradedReasons } from './degradation.js';

const assessment: AssessmentRequest = { summary: true, ranking: 'panel', synthesis: true };
const written: AnswerSummary = { text: '', reasoning: '', keyPoints: [], basis: 'model' };
const extract: AnswerSummary = { ...written, basis: 'extractive' };
const digest = { basis: 'model' } as Summary;
const ranked = { mode: 'panel' } as Ranking;
const unranked = { mode: 'unranked' } as Ranking;

function reasons(
  statuses: AnswerStatus[],
  change: Partial<Parameters<typeof degradedReasons>[0]> = {},
  summary: AnswerSummary | null = written,
): string[] {
  const answers = statuses.map((status) => ({ status, summary: status === 'completed' ? summary : null }));
  return degradedReasons({ answers, assessment, summary: digest, ranking: ranked, failures: [], ...change });
}

it('says nothing of a whole result', () => {
  expect(reasons(['completed', 'completed'])).toEqual([]);
});

it.each<[AnswerStatus[], string[]]>([
  [['completed', 'failed'], ['1 of 2 answers failed']],
  [['failed'], ['1 of 1 answer failed']],
  [['completed', 'expired', 'expired'], ['2 of 3 answers missed the deadline']],
  [['completed', 'cancelled'], ['1 of 2 answers was cancelled']],
  [['completed', 'cancelled', 'cancelled'], ['2 of 3 answers were cancelled']],
  [['completed', 'streaming'], ['1 of 2 answers is still being written']],
  [['completed', 'streaming', 'queued'], ['2 of 3 answers are still being written']],
  [['failed', 'expired', 'cancelled', 'queued'], ['1 of 4 answers failed', '1 of 4 answers missed the deadline', '1 of 4 answers was cancelled', '1 of 4 answers is still being written']], // prettier-ignore
])('of answers %j says %j', (statuses, expected) => expect(reasons(statuses)).toEqual(expected));

it('says when a summary of an answer or of all is an extract, once', () => {
  const said = ['summaries are extracts: no model could write them'];
  expect(reasons(['completed', 'completed'], {}, extract)).toEqual(said);
  expect(reasons(['completed'], { summary: { ...digest, basis: 'extractive' } }, extract)).toEqual(said);
});

it('says nothing of extracts when no summary was asked for', () => {
  expect(reasons(['completed'], { assessment: { ...assessment, summary: false } }, extract)).toEqual([]);
});

it('says when several answers could not be ranked; of a single one that is no loss', () => {
  expect(reasons(['completed', 'completed'], { ranking: unranked })).toEqual(['the answers are not ranked: no judge gave a valid ballot']); // prettier-ignore
  expect(reasons(['completed'], { ranking: unranked })).toEqual([]);
});

it('says why there is no synthesis', () => {
  const failures = [
    { step: 'synthesis' as const, message: 'the model declined' },
    { step: 'summary' as const, message: 'x' },
  ];
  expect(reasons(['completed'], { failures })).toEqual(['there is no synthesis: the model declined']);
});

import type { Comparison, Ranking } from '@polyphony/contracts';
import { aComparison, anAnswer } from './comparison.fixture.js';
import { ansiPaint, noPaint } from './paint.js';
import { renderResult } from './result.js';
import { widthOf } from './text-width.js';

const ranking: Ranking = {
  version: 1,
  mode: 'panel',
  outcome: 'contested',
  places: [
    { answerId: 'answer-1', place: 2, score: 0.5, meanScore: 60, flags: [] },
    { answerId: 'answer-0', place: 1, score: 0.9, meanScore: 90, flags: ['length-adjusted'] },
  ],
  unranked: [{ answerId: 'answer-2', reason: 'it did not complete' }],
  confidence: 0.41,
  judges: [{ model: 'sim/judge', weight: 0.5, ballots: 4, invalidBallots: 1, orderConsistency: 0.5 }],
  explanation: 'The judges do not agree.',
  answerIds: ['answer-0', 'answer-1'],
  createdAt: '2026-01-02T03:04:05.000Z',
};
const whole: Partial<Comparison> = {
  status: 'completed',
  degraded: true,
  degradedReasons: ['1 of 3 answers failed'],
  ranking,
  summary: {
    text: 'They agree mostly.',
    reasoning: '',
    keyPoints: [],
    consensus: [{ text: 'Blue scatters.', answerIds: ['answer-0', 'answer-1'] }],
    contradictions: [],
    uniqueInsights: [],
    blindSpots: ['Polarisation.'],
    basis: 'model',
    answerIds: ['answer-0', 'answer-1'],
  },
  synthesis: { text: 'In one.', model: 'sim/sage', answerIds: ['answer-0'], usage: null, cost: { usd: null, basis: 'unknown' } },
  cost: { totalUsd: null, answersUsd: '0.001', assessmentUsd: null, basis: 'partial' },
};
const answers = [
  anAnswer(0, {
    summary: { text: 'Short.', reasoning: '', keyPoints: ['A point'], basis: 'extractive' },
    cost: { usd: '0.001', basis: 'estimated' },
  }),
  anAnswer(1),
  anAnswer(2),
];
const rendered = (changes: Partial<Comparison> = whole, width = 100) =>
  renderResult(aComparison(answers, changes), width, noPaint).join('\n');

describe('renderResult', () => {
  it('says what is degraded before anything else', () => {
    expect(rendered().trimStart()).toMatch(/^! 1 of 3 answers failed/);
  });

  it('lists places in order with score, outcome in words, confidence, judges and who is not ranked', () => {
    const text = rendered();
    expect(text).toContain('Ranking: contested: the judges disagree (41 % confidence)');
    expect(text).toMatch(/ {2}1\. sage {2}0\.90 █{18}░{2} {2}length-adjusted\n {2}2\. fox/);
    expect(text).toContain('-  fox #2: it did not complete');
    expect(text).toContain('judge (weight 0.50, 3 of 4 ballots valid)');
  });

  it('marks extracts, and names who says what in the digest', () => {
    const text = rendered();
    expect(text).toContain('sage (extract): Short.\n  - A point');
    expect(text).toContain('They agree:\n  - Blue scatters. (sage, fox)');
    expect(text).toContain('Nobody says:\n  - Polarisation.');
    expect(text).toContain('One answer from all, written by sage\nIn one.');
  });

  it('says of unknown costs that they are unknown, never that they are nothing', () => {
    const text = rendered();
    expect(text).toContain('Cost: unknown (answers at least $0.001, assessment unknown)');
    expect(text).toContain('sage about $0.001 · fox unknown');
    expect(text).not.toContain('$0 ');
  });

  it('says that a comparison failed or was cancelled', () => {
    expect(rendered({ status: 'failed', degraded: true })).toContain('! The comparison failed');
    expect(rendered({ status: 'cancelled', degraded: true })).toContain('! The comparison was cancelled');
  });

  it('keeps to the width and puts no model’s escape sequence through', () => {
    const evil = { ...whole, degradedReasons: [`\u001b[31m${'word '.repeat(40)}`] };
    const rows = renderResult(aComparison(answers, evil), 60, noPaint);
    expect(rows.every((row) => widthOf(row) <= 60 && !row.includes('\u001b'))).toBe(true);
    expect(renderResult(aComparison(answers, whole), 60, ansiPaint).join('\n')).toContain('\u001b[33m! 1 of 3');
  });
});

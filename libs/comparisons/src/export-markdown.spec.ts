import type { Answer, Comparison, Ranking, Summary } from '@polyphony/contracts';
import { exportMarkdown } from './export-markdown.js';

const [a, b] = ['019a0000-0000-7000-8000-00000000000a', '019a0000-0000-7000-8000-00000000000b'] as const;

function answer(change: Partial<Answer>): Answer {
  return {
    id: a, slot: 0, model: 'openai/gpt', servedBy: 'openai/gpt', status: 'completed', late: false, text: 'Forty-two.', finishReason: 'stop',
    usage: null, cost: { usd: '0.01', basis: 'exact' }, timing: { queuedMs: 1, timeToFirstTokenMs: 1, totalMs: 1, tokensPerSecond: 1 },
    provider: null, attempt: 1, attempts: [], summary: null, error: null, ...change,
  }; // prettier-ignore
}

function comparison(change: Partial<Comparison>): Comparison {
  return {
    id: '019a0000-0000-7000-8000-000000000001', status: 'completed', prompt: 'What is the answer?', system: null, panel: [{ model: 'openai/gpt' }],
    assessment: { summary: true, ranking: 'panel', synthesis: false }, policy: { deadlineMs: 1000 }, metadata: {}, conversationId: null,
    answers: [answer({})], summary: null, ranking: null, synthesis: null, degraded: false, degradedReasons: [],
    cost: { totalUsd: '0.02', answersUsd: '0.01', assessmentUsd: '0.01', basis: 'exact' }, lastSeq: 9,
    createdAt: '2026-01-01T00:00:00.000Z', startedAt: null, finishedAt: null, ...change,
  }; // prettier-ignore
}

it('holds the question, every answer in full and the cost', () => {
  expect(exportMarkdown(comparison({}))).toBe(
    ['# Comparison', '', '## Question', '', 'What is the answer?', '', '## openai/gpt', '', '*completed · $0.01*', '', 'Forty-two.', '', '## Cost', '', '$0.02 (exact)', ''].join('\n'), // prettier-ignore
  );
});

it('says first what is degraded', () => {
  const lines = exportMarkdown(comparison({ degraded: true, degradedReasons: ['1 of 2 answers failed', 'no ranking'] })).split(
    '\n',
  );
  expect(lines.slice(0, 5)).toEqual(['# Comparison', '', '> **Degraded:**', '> - 1 of 2 answers failed', '> - no ranking']);
});

it('holds a conversation message by message', () => {
  const { prompt: _, ...asked } = comparison({ messages: [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Hello' }] }); // prettier-ignore
  expect(exportMarkdown(asked)).toContain('**user:** Hi\n\n**assistant:** Hello\n');
});

it('tells two slots of one model apart, by label where there is one', () => {
  const panel = [{ model: 'openai/gpt' }, { model: 'openai/gpt', label: 'terse' }];
  const document = exportMarkdown(comparison({ panel, answers: [answer({}), answer({ id: b, slot: 1 })] }));
  expect(document).toContain('## openai/gpt (slot 1)\n');
  expect(document).toContain('## terse\n');
});

it.each<[Partial<Answer>, string]>([
  [{ late: true }, '*completed · late · $0.01*'],
  [{ servedBy: 'local/llama' }, '*completed · served by local/llama · $0.01*'],
  [{ finishReason: 'length' }, '*completed · ended by length · $0.01*'],
  [{ cost: { usd: '0.01', basis: 'estimated' } }, '*completed · $0.01 (estimated)*'],
  [{ cost: { usd: null, basis: 'unknown' } }, '*completed · cost unknown*'],
  [{ status: 'failed', servedBy: null, finishReason: null, error: { code: 'x', message: 'The key is not valid.', retryable: false } }, '*failed · The key is not valid. · $0.01*'], // prettier-ignore
])('says of an answer with %j: %s', (change, facts) => {
  expect(exportMarkdown(comparison({ answers: [answer(change)] }))).toContain(`${facts}\n`);
});

it('names answers in ranking and summary, and writes an unknown total as unknown', () => {
  const ranking: Ranking = {
    version: 1, mode: 'panel', outcome: 'likely', places: [{ answerId: a, place: 1, score: 0.756, meanScore: 80, flags: [] }], unranked: [{ answerId: b, reason: 'is empty' }],
    confidence: 0.824, judges: [], explanation: 'Two judges agree.', answerIds: [a, b], createdAt: '2026-01-01T00:00:00.000Z',
  }; // prettier-ignore
  const summary: Summary = {
    text: 'All say 42.', reasoning: '', keyPoints: [], consensus: [{ text: 'It is 42', answerIds: [a, b] }], contradictions: [], uniqueInsights: [],
    blindSpots: ['Why'], basis: 'model', answerIds: [a, b],
  }; // prettier-ignore
  const synthesis = {
    text: 'It is 42.',
    model: 'openai/gpt',
    answerIds: [a],
    usage: null,
    cost: { usd: null, basis: 'unknown' as const },
  };
  const cost = { totalUsd: null, answersUsd: null, assessmentUsd: null, basis: 'partial' as const };
  const answers = [answer({}), answer({ id: b, slot: 1, model: 'local/llama' })];
  const document = exportMarkdown(comparison({ ranking, summary, synthesis, cost, answers }));
  expect(document).toContain(
    'likely, confidence 82 %. Two judges agree.\n\n1. openai/gpt (score 0.76)\n- not ranked: local/llama (is empty)\n',
  );
  expect(document).toContain('All say 42.\n\n**Consensus**\n\n- It is 42 (openai/gpt, local/llama)\n');
  expect(document).toContain('**Blind spots**\n\n- Why\n');
  expect(document).not.toContain('Contradictions');
  expect(document).toContain('## Synthesis by openai/gpt\n\nIt is 42.\n');
  expect(document).toContain('## Cost\n\nunknown (partial)\n');
});

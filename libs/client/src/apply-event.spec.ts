import type { Comparison, EventBody, Ranking, Synthesis } from '@polyphony/contracts';
import { applyEvent, isPartialSynthesis } from './apply-event.js';
import { aComparison, aLog, anAnswer, answerIds, at, ending } from './comparison.fixture.js';

const [first, second] = answerIds;
const failure = { code: 'provider_error', message: 'The provider failed.', retryable: true };
const usage = { inputTokens: 8, outputTokens: 4, cachedInputTokens: null, cacheWriteTokens: null, reasoningTokens: null };
const timing = { queuedMs: 3, timeToFirstTokenMs: 20, totalMs: 400, tokensPerSecond: 10 };

const status = (value: Comparison['status']): EventBody => ({ type: 'comparison.status', status: value });
const started = (answerId: string, attempt = 1, model = 'sim/sage'): EventBody => ({
  type: 'answer.started',
  answerId,
  slot: 0,
  attempt,
  model,
});
const delta = (answerId: string, text: string, attempt = 1): EventBody => ({ type: 'answer.delta', answerId, attempt, text });
const synthesisDelta = (text: string, attempt = 1, version = 1): EventBody => ({
  type: 'synthesis.delta',
  version,
  attempt,
  text,
});
const completed = (answerId: string, attempt = 1): EventBody => ({
  type: 'answer.completed',
  answerId,
  attempt,
  finishReason: 'stop',
  usage,
  cost: { usd: '0.001', basis: 'exact' },
  timing,
});
const ranking = (version: number): Ranking => ({
  version,
  mode: 'panel',
  outcome: 'clear',
  places: [],
  unranked: [],
  confidence: 0.9,
  judges: [],
  explanation: '',
  answerIds: [first],
  createdAt: at,
});

function after(bodies: EventBody[], from = aComparison()): Comparison {
  return aLog(bodies, from.lastSeq + 1).reduce(applyEvent, from);
}
const answer = (comparison: Comparison, id: string) => comparison.answers.find((a) => a.id === id)!;

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

describe('applyEvent', () => {
  it('joins the deltas of an attempt in order', () => {
    const result = after([status('answering'), started(first), delta(first, 'Because '), delta(first, 'of light.')]);
    expect(answer(result, first)).toMatchObject({ status: 'streaming', attempt: 1, text: 'Because of light.' });
    expect(result).toMatchObject({ status: 'answering', lastSeq: 4, startedAt: at });
  });

  it('changes nothing it was given and keeps what the event does not touch', () => {
    const before = deepFreeze(after([started(first), started(second, 1, 'sim/fox')]));
    const next = after([delta(first, 'x')], before);
    expect(answer(before, first).text).toBe('');
    expect(answer(next, second)).toBe(answer(before, second));
    expect(next.panel).toBe(before.panel);
  });

  it('drops what was seen before, and events of another comparison', () => {
    const state = after([started(first), delta(first, 'once')]);
    const [, again] = aLog([started(first), delta(first, 'once')]);
    expect(applyEvent(state, again!)).toBe(state);
    const [foreign] = aLog([delta(first, 'foreign')], 3);
    expect(applyEvent(state, { ...foreign!, comparisonId: '019aa000-0000-7000-8000-00000000ffff' })).toBe(state);
  });

  it('clears the text when an attempt is retried and starts over with the next', () => {
    const retrying = after([
      started(first),
      delta(first, 'half'),
      { type: 'answer.retrying', answerId: first, attempt: 1, error: failure },
    ]);
    expect(answer(retrying, first)).toMatchObject({
      text: '',
      status: 'queued',
      attempts: [{ status: 'failed', error: failure, finishedAt: at }],
    });
    const again = after([started(first, 2, 'sim/owl'), delta(first, 'whole', 2), completed(first, 2)], retrying);
    expect(answer(again, first)).toMatchObject({
      text: 'whole',
      attempt: 2,
      servedBy: 'sim/owl',
      status: 'completed',
      error: null,
    });
    expect(answer(again, first).attempts.map((a) => a.status)).toEqual(['failed', 'completed']);
  });

  it('ignores deltas and ends of an attempt that was given up', () => {
    const state = after([started(first), started(first, 2), delta(first, 'new', 2)]);
    const later = after([delta(first, 'old', 1), { type: 'answer.failed', answerId: first, attempt: 1, error: failure }], state);
    expect(answer(later, first)).toBe(answer(state, first));
    expect(later.lastSeq).toBe(5);
  });

  it('ignores deltas that follow the retrying of their own attempt', () => {
    const retrying = after([started(first), { type: 'answer.retrying', answerId: first, attempt: 1, error: failure }]);
    expect(answer(after([delta(first, 'ghost')], retrying), first).text).toBe('');
  });

  it('goes on from a snapshot taken in the middle of a stream', () => {
    const snapshot = aComparison({
      lastSeq: 40,
      answers: [anAnswer(0, { status: 'streaming', attempt: 2, text: 'So ' }), anAnswer(1)],
    });
    expect(answer(after([delta(first, 'far', 2)], snapshot), first).text).toBe('So far');
  });

  it('keeps usage, cost and timing of a completed answer', () => {
    const result = answer(after([status('answering'), started(first), delta(first, 'x'), completed(first)]), first);
    expect(result).toMatchObject({ usage, timing, cost: { usd: '0.001', basis: 'exact' }, finishReason: 'stop', late: false });
  });

  it.each([
    ['answer.failed', 'failed'],
    ['answer.cancelled', 'cancelled'],
    ['answer.expired', 'expired'],
  ] as const)('keeps the text so far on %s', (type, expected) => {
    const result = answer(
      after([started(first), delta(first, 'so far'), { type, answerId: first, attempt: 1, error: failure }]),
      first,
    );
    expect(result).toMatchObject({ status: expected, text: 'so far', error: failure });
    expect(result.attempts[0]).toMatchObject({ status: expected, finishedAt: at });
  });

  it('ends an answer that never started', () => {
    const result = answer(after([{ type: 'answer.cancelled', answerId: first, attempt: 0, error: null }]), first);
    expect(result).toMatchObject({ status: 'cancelled', attempts: [] });
  });

  it('takes over cost and degradation at the end', () => {
    const result = after([status('answering'), ending]);
    expect(result).toMatchObject({
      status: 'completed',
      degraded: true,
      degradedReasons: ['1 of 2 answers failed'],
      finishedAt: at,
    });
    expect(result.cost).toEqual({ totalUsd: '0.0012', answersUsd: '0.001', assessmentUsd: '0.0002', basis: 'exact' });
  });

  it.each([
    ['comparison.failed', 'failed'],
    ['comparison.cancelled', 'cancelled'],
  ] as const)('ends with %s as %s', (type, expected) => {
    expect(after([{ ...ending, type } as EventBody]).status).toBe(expected);
  });

  it('marks an answer late that completes after waiting ended, and follows the second end', () => {
    const result = after([
      status('answering'),
      started(first),
      status('assessing'),
      ending,
      delta(first, 'late'),
      completed(first),
      ending,
    ]);
    expect(answer(result, first)).toMatchObject({ late: true, text: 'late' });
    expect(result.status).toBe('completed');
  });

  it('starts a finished answer over when a person retries it', () => {
    const finished = after([started(first), delta(first, 'one'), completed(first), ending]);
    const result = after([status('answering'), started(first, 2), delta(first, 'two', 2)], finished);
    expect(answer(result, first)).toMatchObject({
      status: 'streaming',
      text: 'two',
      usage: null,
      cost: { usd: null },
      finishReason: null,
    });
    expect(result.status).toBe('answering');
  });

  it('keeps summaries of answers and of the whole', () => {
    const summary = { text: 'short', reasoning: '', keyPoints: ['k'], basis: 'model' } as const;
    const digest = {
      ...summary,
      keyPoints: [],
      consensus: [],
      contradictions: [],
      uniqueInsights: [],
      blindSpots: [],
      answerIds: [first],
    };
    const result = after([
      { type: 'answer.summarised', answerId: first, summary: { ...summary, keyPoints: ['k'] } },
      { type: 'summary.completed', summary: digest },
    ]);
    expect(answer(result, first).summary?.text).toBe('short');
    expect(result.summary).toEqual(digest);
  });

  it('keeps the newest ranking whatever the order', () => {
    const result = after([
      { type: 'ranking.completed', ranking: ranking(2) },
      { type: 'ranking.completed', ranking: ranking(1) },
    ]);
    expect(result.ranking?.version).toBe(2);
  });

  it('grows a synthesis, replaces it when complete, and starts a new one from nothing', () => {
    const growing = after([synthesisDelta('In '), synthesisDelta('short')]);
    expect(growing.synthesis?.text).toBe('In short');
    expect(isPartialSynthesis(growing.synthesis!)).toBe(true);
    const whole: Synthesis = {
      text: 'In short.',
      model: 'sim/sage',
      answerIds: [first],
      usage,
      cost: { usd: null, basis: 'unknown' },
    };
    const complete = after([{ type: 'synthesis.completed', synthesis: whole }], growing);
    expect(complete.synthesis).toEqual(whole);
    expect(after([synthesisDelta('Anew')], complete).synthesis?.text).toBe('Anew');
  });

  it('starts a synthesis anew with another attempt or version', () => {
    const retried = after([synthesisDelta('lost '), synthesisDelta('kept ', 2), synthesisDelta('on', 2)]);
    expect(retried.synthesis?.text).toBe('kept on');
    expect(after([synthesisDelta('anew', 1, 2)], retried).synthesis?.text).toBe('anew');
  });

  it('goes on with a synthesis of which a snapshot held the beginning', () => {
    const synthesis: Synthesis = { text: 'So ', model: '', answerIds: [], usage: null, cost: { usd: null, basis: 'unknown' } };
    expect(after([synthesisDelta('far', 3)], aComparison({ synthesis, lastSeq: 9 })).synthesis?.text).toBe('So far');
  });

  it('drops a synthesis that failed half way and keeps a complete one', () => {
    const failed: EventBody = { type: 'step.failed', step: 'synthesis', error: failure };
    expect(after([synthesisDelta('In '), failed]).synthesis).toBeNull();
    const rankingFailed: EventBody = { type: 'step.failed', step: 'ranking', error: failure };
    expect(after([synthesisDelta('In '), rankingFailed]).synthesis?.text).toBe('In ');
  });

  it('moves on past event types it does not know', () => {
    const result = after([{ type: 'answer.applauded' } as unknown as EventBody, started(first)]);
    expect(result.lastSeq).toBe(2);
    expect(answer(result, first).status).toBe('streaming');
  });
});

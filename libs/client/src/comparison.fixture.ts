import type { Answer, Comparison, ComparisonEvent, EventBody } from '@polyphony/contracts';

export const comparisonId = '019aa000-0000-7000-8000-000000000001';
export const at = '2026-01-02T03:04:05.000Z';

export function anAnswer(slot: number, changes: Partial<Answer> = {}): Answer {
  return {
    id: `019aa000-0000-7000-8000-0000000001${String(slot).padStart(2, '0')}`,
    slot,
    model: slot === 0 ? 'sim/sage' : 'sim/fox',
    servedBy: null,
    status: 'queued',
    late: false,
    text: '',
    finishReason: null,
    usage: null,
    cost: { usd: null, basis: 'unknown' },
    timing: { queuedMs: null, timeToFirstTokenMs: null, totalMs: null, tokensPerSecond: null },
    provider: null,
    attempt: 0,
    attempts: [],
    summary: null,
    error: null,
    ...changes,
  };
}

export function aComparison(changes: Partial<Comparison> = {}): Comparison {
  return {
    id: comparisonId,
    status: 'queued',
    prompt: 'Why is the sky blue?',
    system: null,
    panel: [{ model: 'sim/sage' }, { model: 'sim/fox' }],
    assessment: { summary: true, ranking: 'panel', synthesis: true },
    policy: { deadlineMs: 120_000 },
    metadata: {},
    conversationId: null,
    answers: [anAnswer(0), anAnswer(1)],
    summary: null,
    ranking: null,
    synthesis: null,
    degraded: false,
    degradedReasons: [],
    cost: { totalUsd: null, answersUsd: null, assessmentUsd: null, basis: 'partial' },
    lastSeq: 0,
    createdAt: at,
    startedAt: null,
    finishedAt: null,
    ...changes,
  };
}

/** Numbers these bodies as one log, from `first` on. */
export function aLog(bodies: EventBody[], first = 1): ComparisonEvent[] {
  return bodies.map((body, index) => ({ comparisonId, seq: first + index, at, ...body }));
}

export const answerIds = [anAnswer(0).id, anAnswer(1).id] as const;
export const ending: EventBody = {
  type: 'comparison.completed',
  cost: { totalUsd: '0.0012', answersUsd: '0.001', assessmentUsd: '0.0002', basis: 'exact' },
  degraded: true,
  degradedReasons: ['1 of 2 answers failed'],
};

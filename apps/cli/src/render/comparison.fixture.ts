import type { Answer, Comparison } from '@polyphony/contracts';

export function anAnswer(slot: number, changes: Partial<Answer> = {}): Answer {
  return {
    id: `answer-${slot}`,
    slot,
    model: slot === 0 ? 'sim/sage' : 'sim/fox',
    servedBy: null,
    status: 'streaming',
    late: false,
    text: '',
    finishReason: null,
    usage: null,
    cost: { usd: null, basis: 'unknown' },
    timing: { queuedMs: null, timeToFirstTokenMs: null, totalMs: null, tokensPerSecond: null },
    provider: null,
    attempt: 1,
    attempts: [],
    summary: null,
    error: null,
    ...changes,
  };
}

export function aComparison(answers: Answer[], changes: Partial<Comparison> = {}): Comparison {
  return {
    id: 'comparison',
    status: 'answering',
    prompt: 'Why?',
    system: null,
    panel: answers.map(({ model }) => ({ model })),
    assessment: { summary: true, ranking: 'panel', synthesis: false },
    policy: { deadlineMs: 120_000 },
    metadata: {},
    conversationId: null,
    answers,
    summary: null,
    ranking: null,
    synthesis: null,
    degraded: false,
    degradedReasons: [],
    cost: { totalUsd: null, answersUsd: null, assessmentUsd: null, basis: 'partial' },
    lastSeq: 1,
    createdAt: '2026-01-02T03:04:05.000Z',
    startedAt: null,
    finishedAt: null,
    ...changes,
  };
}

import type { Answer, Attempt, Comparison, ComparisonEvent, Cost, Failure, Synthesis } from '@polyphony/contracts';

type EventOf<T extends ComparisonEvent['type']> = Extract<ComparisonEvent, { type: T }>;

const unknownCost: Cost = { usd: null, basis: 'unknown' };
const noTiming = { queuedMs: null, timeToFirstTokenMs: null, totalMs: null, tokensPerSecond: null };

/**
 * The comparison after one more event of its log. Pure: whatever the event does not touch keeps its identity,
 * so that views can skip it. Events already seen (`seq` up to `lastSeq`) and events of other comparisons change nothing;
 * event types of a newer server only move `lastSeq`.
 */
export function applyEvent(comparison: Comparison, event: ComparisonEvent): Comparison {
  if (event.comparisonId !== comparison.id || event.seq <= comparison.lastSeq) return comparison;
  return { ...comparison, ...changes(comparison, event), lastSeq: event.seq };
}

/** Whether this synthesis is still being written: its text grows, who wrote it and from what is not known yet. */
export function isPartialSynthesis(synthesis: Synthesis): boolean {
  return synthesis.answerIds.length === 0;
}

/** Whether this event ends a comparison; a late answer, a retry or a new assessment ends with another of these. */
export function endsComparison(event: ComparisonEvent): boolean {
  return event.type === 'comparison.completed' || event.type === 'comparison.failed' || event.type === 'comparison.cancelled';
}

function changes(comparison: Comparison, event: ComparisonEvent): Partial<Comparison> {
  switch (event.type) {
    case 'comparison.status':
      return {
        status: event.status,
        startedAt: comparison.startedAt ?? (event.status === 'queued' ? null : event.at),
      };
    case 'answer.started':
      return withAnswer(comparison, event, (answer) => started(answer, event));
    case 'answer.delta':
      return withAnswer(comparison, event, (answer) => appended(answer, event));
    case 'answer.retrying':
      return withAnswer(comparison, event, (answer) => ({
        ...answer,
        status: 'queued',
        text: '',
        attempts: endAttempt(answer, event, 'failed', { error: event.error }),
      }));
    case 'answer.completed':
      return withAnswer(comparison, event, (answer) => completed(answer, event, isPastWaiting(comparison)));
    case 'answer.failed':
      return withAnswer(comparison, event, (answer) => ended(answer, event, 'failed'));
    case 'answer.cancelled':
      return withAnswer(comparison, event, (answer) => ended(answer, event, 'cancelled'));
    case 'answer.expired':
      return withAnswer(comparison, event, (answer) => ended(answer, event, 'expired'));
    case 'answer.summarised':
      return { answers: comparison.answers.map((a) => (a.id === event.answerId ? { ...a, summary: event.summary } : a)) };
    case 'summary.completed':
      return { summary: event.summary };
    case 'ranking.completed':
      return comparison.ranking && comparison.ranking.version > event.ranking.version ? {} : { ranking: event.ranking };
    case 'synthesis.delta':
      return { synthesis: grownSynthesis(comparison, event) };
    case 'synthesis.completed':
      return { synthesis: event.synthesis };
    case 'step.failed':
      return event.step === 'synthesis' && comparison.synthesis && isPartialSynthesis(comparison.synthesis)
        ? { synthesis: null }
        : {};
    case 'comparison.completed':
    case 'comparison.failed':
    case 'comparison.cancelled':
      return {
        status: statusAtEnd[event.type],
        cost: event.cost,
        degraded: event.degraded,
        degradedReasons: event.degradedReasons,
        finishedAt: event.at,
      };
    default:
      return {};
  }
}

const statusAtEnd = {
  'comparison.completed': 'completed',
  'comparison.failed': 'failed',
  'comparison.cancelled': 'cancelled',
} as const;

/** Changes the one answer the event is about, unless the event belongs to an attempt that was given up since. */
function withAnswer(
  comparison: Comparison,
  event: { answerId: string; attempt: number },
  change: (answer: Answer) => Answer,
): Partial<Comparison> {
  const index = comparison.answers.findIndex((answer) => answer.id === event.answerId);
  const answer = comparison.answers[index];
  if (!answer || event.attempt < answer.attempt) return {};
  return { answers: comparison.answers.with(index, change(answer)) };
}

function started(answer: Answer, event: EventOf<'answer.started'>): Answer {
  return {
    ...answer,
    status: 'streaming',
    attempt: event.attempt,
    text: '',
    servedBy: null,
    finishReason: null,
    usage: null,
    cost: unknownCost,
    timing: noTiming,
    summary: null,
    error: null,
    attempts: [...answer.attempts.filter((a) => a.attempt !== event.attempt), newAttempt(event.attempt, event.model, event.at)],
  };
}

function appended(answer: Answer, event: EventOf<'answer.delta'>): Answer {
  const known = answer.attempts.find((a) => a.attempt === event.attempt);
  if (known && known.status !== 'running') return answer;
  const text = event.attempt > answer.attempt ? event.text : answer.text + event.text;
  return { ...answer, status: 'streaming', attempt: event.attempt, text };
}

function completed(answer: Answer, event: EventOf<'answer.completed'>, late: boolean): Answer {
  const attempts = endAttempt(answer, event, 'completed', { usage: event.usage, cost: event.cost });
  return {
    ...answer,
    status: 'completed',
    attempt: event.attempt,
    late,
    servedBy: attempts.find((a) => a.attempt === event.attempt)?.model ?? answer.model,
    finishReason: event.finishReason,
    usage: event.usage,
    cost: event.cost,
    timing: event.timing,
    error: null,
    attempts,
  };
}

function ended(
  answer: Answer,
  event: { attempt: number; error: Failure | null; at: string },
  status: 'failed' | 'cancelled' | 'expired',
): Answer {
  return {
    ...answer,
    status,
    attempt: event.attempt,
    error: event.error,
    attempts: endAttempt(answer, event, status, { error: event.error }),
  };
}

function newAttempt(attempt: number, model: string, startedAt: string): Attempt {
  return { attempt, model, status: 'running', error: null, usage: null, cost: unknownCost, startedAt, finishedAt: null };
}

function endAttempt(
  answer: Answer,
  event: { attempt: number; at: string },
  status: Attempt['status'],
  outcome: Partial<Pick<Attempt, 'error' | 'usage' | 'cost'>>,
): Attempt[] {
  return answer.attempts.map((a) => (a.attempt === event.attempt ? { ...a, ...outcome, status, finishedAt: event.at } : a));
}

function isPastWaiting(comparison: Comparison): boolean {
  return comparison.status !== 'queued' && comparison.status !== 'answering';
}

/** Which version and attempt a synthesis being written belongs to; a snapshot does not say and is taken to be the same. */
const parts = new WeakMap<Synthesis, string>();

function grownSynthesis(comparison: Comparison, event: EventOf<'synthesis.delta'>): Synthesis {
  const part = `${event.version}.${event.attempt}`;
  const soFar = comparison.synthesis && isPartialSynthesis(comparison.synthesis) ? comparison.synthesis : undefined;
  const isSame = soFar && (parts.get(soFar) ?? part) === part;
  const synthesis = isSame
    ? { ...soFar, text: soFar.text + event.text }
    : { text: event.text, model: comparison.assessment.synthesizer ?? '', answerIds: [], usage: null, cost: unknownCost };
  parts.set(synthesis, part);
  return synthesis;
}

import type { AnswerStatus, ComparisonStatus } from '@polyphony/contracts';

/** Where a comparison can go from each state. A retry or a late answer reopens what had ended. */
export const comparisonMoves: Record<ComparisonStatus, readonly ComparisonStatus[]> = {
  queued: ['answering', 'assessing', 'completed', 'failed', 'cancelled'],
  answering: ['assessing', 'completed', 'failed', 'cancelled'],
  assessing: ['answering', 'completed', 'cancelled'],
  completed: ['answering', 'assessing', 'completed'],
  failed: ['answering', 'assessing', 'failed'],
  cancelled: ['answering'],
};

/** Where an answer can go. Only a retry leaves an end. */
export const answerMoves: Record<AnswerStatus, readonly AnswerStatus[]> = {
  queued: ['streaming', 'failed', 'cancelled', 'expired'],
  streaming: ['queued', 'completed', 'failed', 'cancelled', 'expired'],
  completed: ['queued'],
  failed: ['queued'],
  cancelled: ['queued'],
  expired: ['queued'],
};

/** A change of state that the machine does not know: a defect of ours. */
export class IllegalMove extends Error {}

export function checkMove<S extends string>(moves: Record<S, readonly S[]>, from: S, to: S): S {
  if (!moves[from].includes(to)) throw new IllegalMove(`${from} cannot become ${to}`);
  return to;
}

export function isOpen(answer: { status: AnswerStatus }): boolean {
  return answer.status === 'queued' || answer.status === 'streaming';
}

export function isEnded(comparison: { status: ComparisonStatus }): boolean {
  return comparison.status === 'completed' || comparison.status === 'failed' || comparison.status === 'cancelled';
}

import { Injectable } from '@nestjs/common';
import type { Failure, FinishReason, Message, ModelId, ProviderMetadata, Slot, Timing, Usage } from '@polyphony/contracts';
import { parseModelId } from '@polyphony/contracts';
import { toMoney } from '@polyphony/money';
import { EventLog } from '@polyphony/events';
import { JobQueue } from '@polyphony/queue';
import { type AnswerEntity, AnswerRepository, CallRepository, Database } from '@polyphony/storage';
import { v7 as uuid } from 'uuid';
import { Progress } from './progress.js';
import { answerMoves, checkMove } from './states.js';
import { type Transition, Transitions } from './transitions.js';

/** What a call cost, in nano-dollars; null when nobody can say. */
export interface CallCost {
  nanos: bigint | null;
  basis: 'exact' | 'estimated' | 'unknown';
}

/** A claimed answer: everything the call needs, and the attempt that fences it. */
export interface ClaimedAnswer {
  comparisonId: string;
  answerId: string;
  attempt: number;
  model: ModelId;
  messages: Message[];
  system: string | undefined;
  slot: Slot;
  /** How often this model has failed here already. */
  modelTries: number;
  hasFallback: boolean;
}

export interface CompletedCall {
  text: string;
  finishReason: FinishReason;
  usage: Usage | null;
  provider: ProviderMetadata;
  cost: CallCost;
  timeToFirstTokenMs: number | null;
  tokensPerSecond: number | null;
}

/** What becomes of an answer whose call failed: the same model again after a while, the next one, or nothing more. */
export type AfterFailure = { next: 'retry'; delayMs: number } | { next: 'fallback' } | { next: 'fail' };

export interface FailedCall {
  text: string;
  failure: Failure;
  usage: Usage | null;
  provider: ProviderMetadata | null;
  cost: CallCost;
}

/** An answer whose worker vanished this often is given up: it may be what makes workers vanish. */
const maxLostAttempts = 8;

/** Records what workers do to answers: claim, complete, fail, hand back. Whoever lost the answer changes nothing. */
@Injectable()
export class AnswerRecorder {
  constructor(
    private readonly database: Database,
    private readonly transitions: Transitions,
    private readonly log: EventLog,
    private readonly queue: JobQueue,
    private readonly answers: AnswerRepository,
    private readonly calls: CallRepository,
    private readonly progress: Progress,
  ) {}

  /** Makes a queued answer this worker's, for as long as it renews the lease. Null when there is nothing to claim. */
  async claim(answerId: string, owner: string, leaseMs: number): Promise<ClaimedAnswer | null> {
    const { channel } = this.log;
    const row = await this.answers.claimQueued(this.database.direct, { answerId, owner, leaseMs, callId: uuid(), channel });
    if (!row) return null;
    this.log.announce([row.comparisonId]);
    const { comparisonId, attempt, model, question, slot, modelTries } = row;
    return {
      comparisonId,
      answerId,
      attempt,
      model,
      messages: question.messages ?? [{ role: 'user', content: question.prompt! }],
      system: slot.system ?? question.system ?? undefined,
      slot,
      modelTries,
      hasFallback: row.modelIndex < (slot.fallbacks?.length ?? 0),
    };
  }

  /**
   * Stores a complete answer; `rest` is the end of its text that is not in the log yet. False when the attempt had been
   * superseded or stopped in the meantime. The same statement finds out whether the next step is due; should this process
   * end before it has taken that step, the sweep takes it.
   */
  async complete(claimed: ClaimedAnswer, call: CompletedCall, rest = ''): Promise<boolean> {
    const { answerId, attempt, model } = claimed;
    const { cost, ...result } = call;
    const stepId = uuid();
    const done = await this.answers.complete(this.database.direct, {
      ...result,
      id: answerId,
      attempt,
      servedBy: model,
      rest,
      costNanos: cost.nanos?.toString() ?? null,
      costBasis: cost.basis,
      costUsd: cost.nanos === null ? null : toMoney(cost.nanos),
      stepId,
      channel: this.log.channel,
    });
    if (!done) return false;
    this.log.announce([done.comparisonId]);
    if (done.stepAdded) await this.queue.producer.add([{ name: 'summarise', payload: { stepId }, id: `summarise-${stepId}-1` }]);
    if (!done.nothingElseDue)
      await this.transitions.run(done.comparisonId, (transition) => this.progress.advance(transition, { answerEnded: true }));
    return true;
  }

  /** Stores that the call failed, and what comes next: another attempt is queued, or the answer has failed. */
  async fail(claimed: ClaimedAnswer, call: FailedCall, after: AfterFailure): Promise<boolean> {
    return this.end(claimed, async (transition, answer) => {
      await this.endCall(transition, claimed, 'failed', call.failure, call.usage, call.cost);
      if (after.next === 'retry')
        return this.requeue(transition, answer, call.failure, { modelTries: answer.modelTries + 1 }, after.delayMs);
      if (after.next === 'fallback')
        return this.requeue(transition, answer, call.failure, { modelIndex: answer.modelIndex + 1, modelTries: 0 }, 0);
      await this.giveUp(transition, answer, call);
    });
  }

  /** Gives an answer back unharmed, for another worker to start anew: this one is going away. */
  async handBack(claimed: ClaimedAnswer, call: Pick<FailedCall, 'usage' | 'cost'>): Promise<boolean> {
    const failure = { code: 'interrupted', message: 'The worker was stopped; the answer is started anew.', retryable: true };
    return this.end(claimed, async (transition, answer) => {
      await this.endCall(transition, claimed, 'cancelled', failure, call.usage, call.cost);
      await this.requeue(transition, answer, failure, {}, 0);
    });
  }

  /** Takes an answer away from a worker that no longer renews its lease. */
  async takeBack(answerId: string, attempt: number, comparisonId: string): Promise<void> {
    const failure = {
      code: 'workerLost',
      message: 'The worker stopped responding; the answer is started anew.',
      retryable: true,
    };
    await this.transitions.run(comparisonId, async (transition) => {
      if (!(await this.answers.isLost(transition.tx, answerId, attempt))) return;
      const answer = (await this.answers.find(transition.tx, answerId))!;
      await this.calls.endAttempt(transition.tx, answerId, attempt, {
        status: 'lost',
        error: failure,
        usage: null,
        costNanos: null,
        costBasis: 'unknown',
      });
      transition.stopWork(answerId);
      if ((await this.calls.lostAttempts(transition.tx, answerId, answer.queuedAt)) >= maxLostAttempts) {
        const message = `The answer was given up: ${maxLostAttempts} workers were lost while writing it.`;
        return this.giveUp(transition, answer, {
          text: '',
          failure: { code: 'workerLost', message, retryable: false },
          provider: null,
        });
      }
      await this.requeue(transition, answer, failure, {}, 0);
    });
  }

  /** Fills in what a call cost that was stopped from outside, as soon as the worker that made it knows. */
  async settle(claimed: ClaimedAnswer, call: Pick<FailedCall, 'usage' | 'cost'>): Promise<void> {
    await this.calls.endAttempt(this.database.direct, claimed.answerId, claimed.attempt, {
      status: 'cancelled',
      error: null,
      usage: call.usage,
      costNanos: call.cost.nanos?.toString() ?? null,
      costBasis: call.cost.basis,
    });
  }

  /** Queues the next attempt, and tells clients to drop what they show of this one. */
  async requeue(
    transition: Transition,
    answer: AnswerEntity,
    error: Failure,
    change: Partial<Pick<AnswerEntity, 'modelIndex' | 'modelTries'>>,
    delayMs: number,
  ): Promise<void> {
    const slot = transition.comparison.panel[answer.slot]!;
    const notBefore = delayMs > 0 ? new Date(Date.now() + delayMs) : null;
    await this.answers.patch(transition.tx, answer.id, {
      ...change,
      status: checkMove(answerMoves, answer.status, 'queued'),
      notBefore,
      leaseOwner: null,
      leaseUntil: null,
    });
    if (answer.attempt > 0) transition.emit({ type: 'answer.retrying', answerId: answer.id, attempt: answer.attempt, error });
    transition.enqueue({
      name: 'answer',
      payload: { answerId: answer.id },
      provider: parseModelId(modelAt(slot, change.modelIndex ?? answer.modelIndex)).provider,
      id: `answer-${answer.id}-${answer.attempt + 1}`,
      delayMs,
    });
  }

  private async giveUp(
    transition: Transition,
    answer: AnswerEntity,
    call: Pick<FailedCall, 'text' | 'failure' | 'provider'>,
  ): Promise<void> {
    await this.answers.patch(transition.tx, answer.id, {
      status: checkMove(answerMoves, answer.status, 'failed'),
      text: call.text,
      error: call.failure,
      provider: call.provider,
      timing: timingOf(answer),
      finishedAt: new Date(),
      leaseOwner: null,
      leaseUntil: null,
    });
    transition.emit({ type: 'answer.failed', answerId: answer.id, attempt: answer.attempt, error: call.failure });
    await this.progress.advance(transition, { answerEnded: true });
  }

  /** Runs `work` only while the claimed attempt is still the streaming one. */
  private async end(
    claimed: ClaimedAnswer,
    work: (transition: Transition, answer: AnswerEntity) => Promise<void>,
  ): Promise<boolean> {
    const done = await this.transitions.run(claimed.comparisonId, async (transition) => {
      const answer = await this.answers.find(transition.tx, claimed.answerId);
      if (!answer || answer.attempt !== claimed.attempt || answer.status !== 'streaming') return false;
      await work(transition, answer);
      return true;
    });
    return done ?? false;
  }

  private async endCall(
    { tx }: Transition,
    { answerId, attempt }: ClaimedAnswer,
    status: 'failed' | 'cancelled',
    error: Failure | null,
    usage: Usage | null,
    cost: CallCost,
  ): Promise<void> {
    await this.calls.endAttempt(tx, answerId, attempt, {
      status,
      error,
      usage,
      costNanos: cost.nanos?.toString() ?? null,
      costBasis: cost.basis,
    });
  }
}

/** The slot's model, or the fallback that is its turn. */
export function modelAt(slot: Slot, modelIndex: number): ModelId {
  return modelIndex === 0 ? slot.model : slot.fallbacks![modelIndex - 1]!;
}

/** Times of an answer that ended without being complete. */
export function timingOf(answer: Pick<AnswerEntity, 'queuedAt' | 'startedAt'>): Timing {
  return {
    queuedMs: answer.startedAt ? answer.startedAt.getTime() - answer.queuedAt.getTime() : null,
    timeToFirstTokenMs: null,
    totalMs: Date.now() - answer.queuedAt.getTime(),
    tokensPerSecond: null,
  };
}

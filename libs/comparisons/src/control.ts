import { Injectable } from '@nestjs/common';
import type { AssessmentRequest } from '@polyphony/contracts';
import {
  type AnswerEntity,
  AnswerRepository,
  CallRepository,
  ComparisonRepository,
  Database,
  UpkeepRepository,
} from '@polyphony/storage';
import { AnswerRecorder, timingOf } from './answer-recorder.js';
import { ModelCatalogue, modelsOfAssessment } from './model-catalogue.js';
import { Progress } from './progress.js';
import { Refusal, notFound } from './refusal.js';
import { answerMoves, checkMove, comparisonMoves, isEnded, isOpen } from './states.js';
import { type Transition, Transitions } from './transitions.js';

type StoppedAs = 'cancelled' | 'expired';

/** What people do to a comparison under way, and what its clocks do. Every method refuses another workspace's id as unknown. */
@Injectable()
export class ComparisonControl {
  constructor(
    private readonly database: Database,
    private readonly transitions: Transitions,
    private readonly comparisons: ComparisonRepository,
    private readonly answers: AnswerRepository,
    private readonly calls: CallRepository,
    private readonly upkeep: UpkeepRepository,
    private readonly progress: Progress,
    private readonly recorder: AnswerRecorder,
    private readonly models: ModelCatalogue,
  ) {}

  /** Stops everything at once; upstream calls are closed as soon as the workers hear of it. Harmless on one that has ended. */
  async cancel(workspaceId: string, id: string): Promise<void> {
    await this.change(workspaceId, id, async (transition) => {
      const { tx, comparison } = transition;
      const open = await this.stopOpen(transition, 'cancelled');
      const running = comparison.status === 'assessing' || !isEnded(comparison);
      if (!running && open === 0) return;
      const assessment = await this.progress.cancelAssessment(transition);
      const status = running ? 'cancelled' : comparison.status;
      await this.progress.end(transition, await this.answers.statesOf(tx, id), assessment, status);
    });
  }

  /** Stops one answer. Harmless on one that has ended. */
  async cancelAnswer(workspaceId: string, id: string, answerId: string): Promise<void> {
    await this.change(workspaceId, id, async (transition) => {
      const answer = await this.answerOf(transition, answerId);
      if (!isOpen(answer)) return;
      await this.stopAnswer(transition, answer, 'cancelled', await this.answers.streamedTexts(transition.tx, id));
      await this.progress.advance(transition, { answerEnded: true });
    });
  }

  /** Stops waiting: what is complete is assessed, the rest lands late or is cancelled. With nothing complete yet, the first answer decides. */
  async finish(workspaceId: string, id: string, cancelRest: boolean): Promise<void> {
    await this.change(workspaceId, id, async (transition) => {
      const { comparison } = transition;
      const waiting = comparison.status === 'queued' || comparison.status === 'answering';
      if (waiting) await transition.patch({ finishRequested: true, waitForAll: false });
      const stopped = cancelRest ? await this.stopOpen(transition, 'cancelled') : 0;
      if (waiting || stopped > 0) await this.progress.advance(transition, { answerEnded: stopped > 0 });
    });
  }

  /** Asks a slot again, from its own model on. What had been judged with the old answer is judged anew. */
  async retryAnswer(workspaceId: string, id: string, answerId: string): Promise<void> {
    await this.change(workspaceId, id, async (transition) => {
      const { tx, comparison } = transition;
      const answer = await this.answerOf(transition, answerId);
      if (isOpen(answer))
        throw new Refusal('conflict', 'This answer is still being written: cancel it first, or wait for its end.');
      if (answer.status === 'completed') await this.calls.keepText(tx, answerId, answer.attempt, answer.text);
      await this.answers.patch(tx, answerId, {
        text: '', error: null, summary: null, usage: null, provider: null, finishReason: null, servedBy: null, timing: null,
        late: false, queuedAt: new Date(), startedAt: null, finishedAt: null,
      }); // prettier-ignore
      const error = { code: 'retryRequested', message: 'The answer is asked for again.', retryable: true };
      await this.recorder.requeue(transition, answer, error, { modelIndex: 0, modelTries: 0 }, 0);
      const deadlineAt = new Date(Date.now() + comparison.policy.deadlineMs);
      if (isEnded(comparison) || comparison.status === 'assessing') {
        await this.progress.cancelAssessment(transition); // what it judges is about to change
        await transition.patch({
          status: checkMove(comparisonMoves, comparison.status, 'answering'),
          waitForAll: true,
          finishRequested: false,
          answeringEndedAt: null,
          finishedAt: null,
          deadlineAt,
        });
        await this.upkeep.trimAfter(tx, id, null);
        transition.emit({ type: 'comparison.status', status: 'answering' });
      } else if (comparison.deadlineAt < deadlineAt) await transition.patch({ deadlineAt });
      transition.enqueue({
        name: 'deadline',
        payload: { comparisonId: id },
        id: `deadline-${id}-${deadlineAt.getTime()}`,
        delayMs: comparison.policy.deadlineMs,
      });
    });
  }

  /** Judges the complete answers again. Older versions stay. */
  async assess(workspaceId: string, id: string, spec: AssessmentRequest): Promise<void> {
    await this.models.require(modelsOfAssessment(spec));
    await this.change(workspaceId, id, async (transition) => {
      const { comparison, tx } = transition;
      if (comparison.status !== 'completed')
        throw new Refusal('conflict', `This comparison is ${comparison.status}: it can be assessed again once it is completed.`);
      const completed = (await this.answers.statesOf(tx, id)).filter((answer) => answer.status === 'completed');
      if (completed.length === 0)
        throw new Refusal('conflict', 'No answer of this comparison is complete, so there is nothing to assess.');
      if (!spec.summary && spec.ranking === 'none' && !spec.synthesis)
        throw new Refusal('invalid_request', 'This assessment asks for nothing: ask for a summary, a ranking or a synthesis.');
      await transition.patch({ assessment: spec });
      const version = comparison.assessmentVersion + 1;
      await this.progress.startAssessment(transition, {
        version,
        spec,
        answers: completed.map(({ id: answer, attempt }) => ({ id: answer, attempt })),
      });
      await this.progress.advance(transition);
    });
  }

  /** The deadline or the grace has come: what is unfinished expires if the deadline is over, and what is due is done. */
  async clock(id: string): Promise<void> {
    await this.transitions.run(id, async (transition) => {
      const { comparison } = transition;
      if (comparison.status === 'cancelled') return;
      const expired = comparison.deadlineAt <= new Date() ? await this.stopOpen(transition, 'expired') : 0;
      await this.progress.advance(transition, { answerEnded: expired > 0 });
    });
  }

  async delete(workspaceId: string, id: string): Promise<void> {
    await this.cancel(workspaceId, id);
    await this.database.transaction(async (tx) => {
      await this.comparisons.lock(tx, id);
      await this.comparisons.delete(tx, id);
    });
  }

  private async change(workspaceId: string, id: string, work: (transition: Transition) => Promise<void>): Promise<void> {
    if (!(await this.comparisons.findOfWorkspace(this.database.direct, workspaceId, id))) throw notFound();
    const done = await this.transitions.run(id, async (transition) => {
      await work(transition);
      return true;
    });
    if (!done) throw notFound();
  }

  private async answerOf({ tx, id }: Transition, answerId: string): Promise<AnswerEntity> {
    const answer = await this.answers.find(tx, answerId);
    if (answer?.comparisonId !== id) throw new Refusal('not_found', 'This comparison has no answer with this id.');
    return answer;
  }

  private async stopOpen(transition: Transition, as: StoppedAs): Promise<number> {
    const open = (await this.answers.ofComparison(transition.tx, transition.id)).filter(isOpen);
    const texts = open.length ? await this.answers.streamedTexts(transition.tx, transition.id) : new Map<string, string>();
    for (const answer of open) await this.stopAnswer(transition, answer, as, texts);
    return open.length;
  }

  /** Ends an open answer from outside, keeping what has been streamed of it. Its worker settles the cost once it knows. */
  private async stopAnswer(
    transition: Transition,
    answer: AnswerEntity,
    as: StoppedAs,
    texts: Map<string, string>,
  ): Promise<void> {
    const error =
      as === 'expired'
        ? { code: 'deadline', message: 'The deadline passed before the answer was complete.', retryable: true }
        : null;
    await this.answers.patch(transition.tx, answer.id, {
      status: checkMove(answerMoves, answer.status, as),
      text: texts.get(answer.id) ?? '',
      error,
      timing: timingOf(answer),
      finishedAt: new Date(),
      leaseOwner: null,
      leaseUntil: null,
    });
    if (answer.status === 'streaming') {
      await this.calls.endAttempt(transition.tx, answer.id, answer.attempt, {
        status: as,
        error,
        usage: null,
        costNanos: null,
        costBasis: 'unknown',
      });
      transition.stopWork(answer.id);
    }
    transition.emit({ type: `answer.${as}`, answerId: answer.id, attempt: answer.attempt, error });
  }
}

import { Injectable } from '@nestjs/common';
import {
  type AnswerState,
  AnswerRepository,
  type AssessmentEntity,
  AssessmentRepository,
  CallRepository,
  StepRepository,
  UpkeepRepository,
} from '@polyphony/storage';
import { v7 as uuid } from 'uuid';
import { comparisonCost } from './cost-view.js';
import { degradedReasons } from './degradation.js';
import { type DueStep, nextMove } from './next-move.js';
import { Retention } from './retention.js';
import { checkMove, comparisonMoves, isEnded } from './states.js';
import type { Transition } from './transitions.js';

/** Carries out, inside a transition, whatever the policy says is due now. */
@Injectable()
export class Progress {
  constructor(
    private readonly answers: AnswerRepository,
    private readonly assessments: AssessmentRepository,
    private readonly calls: CallRepository,
    private readonly steps: StepRepository,
    private readonly upkeep: UpkeepRepository,
    private readonly retention: Retention,
  ) {}

  /**
   * Call after every change that may make something due. `answerEnded` says that an answer has just reached an end:
   * where nothing else follows from it after the comparison's own end, that end is told again with the new facts.
   */
  async advance(transition: Transition, change: { answerEnded: boolean } = { answerEnded: false }): Promise<void> {
    const { tx, id } = transition;
    let tellAgain = change.answerEnded && isEnded(transition.comparison);
    const answers = await this.answers.statesOf(tx, id);
    for (;;) {
      const { comparison } = transition;
      const assessment = comparison.assessmentVersion ? await this.assessments.find(tx, id, comparison.assessmentVersion) : null;
      const steps = assessment?.status === 'running' ? await this.steps.ofComparison(tx, id) : [];
      const next = nextMove({ comparison, answers, steps, assessment, now: new Date() });
      switch (next.move) {
        case 'wait':
          if (tellAgain) await this.end(transition, answers, assessment, comparison.status);
          return;
        case 'setGrace':
          await transition.patch({ graceUntil: next.until });
          transition.enqueue({
            name: 'grace',
            payload: { comparisonId: id },
            id: `grace-${id}`,
            delayMs: next.until.getTime() - Date.now(),
          });
          return;
        case 'fail':
          await this.end(transition, answers, assessment, 'failed');
          return;
        case 'complete':
          await this.end(transition, answers, assessment, 'completed');
          tellAgain = false;
          break;
        case 'assess':
          tellAgain = false;
          await this.startAssessment(transition, next);
          break;
        case 'addSteps':
          await this.addSteps(transition, next.steps);
          break;
        case 'completeAssessment':
          await this.assessments.patch(tx, id, next.version, { status: 'completed', finishedAt: new Date() });
          await this.end(transition, answers, assessment, 'completed');
          tellAgain = false;
          break;
      }
    }
  }

  /** Stops the assessment under way, if there is one: nothing of it counts. */
  async cancelAssessment(transition: Transition): Promise<AssessmentEntity | null> {
    const { tx, id, comparison } = transition;
    for (const stepId of await this.steps.cancelOpen(tx, id)) transition.stopWork(stepId);
    const assessment = comparison.assessmentVersion ? await this.assessments.find(tx, id, comparison.assessmentVersion) : null;
    if (assessment?.status === 'running')
      await this.assessments.patch(tx, id, assessment.version, { status: 'cancelled', finishedAt: new Date() });
    return assessment;
  }

  /** Makes a new version of the assessment over these answers. */
  async startAssessment(transition: Transition, next: Pick<AssessmentEntity, 'version' | 'spec' | 'answers'>): Promise<void> {
    const { tx, id, comparison } = transition;
    await this.assessments.add(tx, { comparisonId: id, version: next.version, spec: next.spec, answers: next.answers });
    await transition.patch({
      status: checkMove(comparisonMoves, comparison.status, 'assessing'),
      assessmentVersion: next.version,
      answeringEndedAt: comparison.answeringEndedAt ?? new Date(),
      finishedAt: null,
    });
    await this.upkeep.trimAfter(tx, id, null);
    transition.emit({ type: 'comparison.status', status: 'assessing' });
  }

  async addSteps(transition: Transition, steps: readonly DueStep[]): Promise<void> {
    for (const { kind, version, answerId } of steps) {
      const step = await this.steps.add(transition.tx, { id: uuid(), comparisonId: transition.id, kind, version, answerId });
      if (step) transition.enqueue({ name: kind, payload: { stepId: step.id }, id: `${kind}-${step.id}-${step.attempt + 1}` });
    }
  }

  /** Ends the comparison, or tells its end again, with what it cost and what it lacks as of now. */
  async end(
    transition: Transition,
    answers: readonly AnswerState[],
    assessment: AssessmentEntity | null,
    status: 'completed' | 'failed' | 'cancelled' | Transition['comparison']['status'],
  ): Promise<void> {
    if (status !== 'completed' && status !== 'failed' && status !== 'cancelled') throw new Error(`${status} is not an end`);
    const { tx, id, comparison } = transition;
    const reasons = degradedReasons({
      answers,
      assessment: assessment?.spec ?? comparison.assessment,
      summary: comparison.summary,
      ranking: comparison.ranking,
      failures: assessment?.failures ?? [],
    });
    const now = new Date();
    await transition.patch({
      status: comparison.status === status ? status : checkMove(comparisonMoves, comparison.status, status),
      answeringEndedAt: comparison.answeringEndedAt ?? now,
      finishedAt: now,
      degradedReasons: reasons,
    });
    await this.upkeep.trimAfter(tx, id, new Date(now.getTime() + this.retention.eventsMs));
    const cost = comparisonCost((await this.calls.costOf(tx, [id])).get(id));
    transition.emit({ type: `comparison.${status}`, cost, degraded: reasons.length > 0, degradedReasons: reasons });
  }
}

import { Injectable } from '@nestjs/common';
import type {
  AnswerSummary,
  AssessmentRequest,
  Cost,
  EventBody,
  Failure,
  Ranking,
  Step,
  Summary,
  Synthesis,
} from '@polyphony/contracts';
import {
  type AnswerEntity,
  AnswerRepository,
  AssessmentRepository,
  CallRepository,
  type CallEnd,
  type CallPurpose,
  ComparisonRepository,
  Database,
  type Question,
  type StepEntity,
  StepRepository,
} from '@polyphony/storage';
import { v7 as uuid } from 'uuid';
import { sumCosts } from './cost-view.js';
import { Progress } from './progress.js';
import { type Transition, Transitions } from './transitions.js';

/** A claimed step: what it works on, and the attempt that fences it. */
export interface ClaimedStep {
  step: StepEntity;
  comparisonId: string;
  workspaceId: string;
  question: Question;
  spec: AssessmentRequest;
  /** The answers it is about, in slot order: all of the assessment's, or the one to be summarised. */
  answers: AnswerEntity[];
  /** Every answer of the comparison that is not among them, and why. */
  excluded: { answerId: string; reason: string }[];
  /** The ranking of this assessment, once there is one. */
  ranking: Ranking | null;
}

/** Records what workers do to the steps after the answers. Whoever lost the step changes nothing. */
@Injectable()
export class StepRecorder {
  constructor(
    private readonly database: Database,
    private readonly transitions: Transitions,
    private readonly comparisons: ComparisonRepository,
    private readonly answers: AnswerRepository,
    private readonly assessments: AssessmentRepository,
    private readonly calls: CallRepository,
    private readonly steps: StepRepository,
    private readonly progress: Progress,
  ) {}

  /** Makes a step that is due this worker's, for as long as it renews the lease. Null when there is nothing to claim. */
  async claim(stepId: string, owner: string, leaseMs: number): Promise<ClaimedStep | null> {
    const { direct } = this.database;
    const step = await this.steps.claim(direct, stepId, owner, leaseMs);
    if (!step) return null;
    const comparison = await this.comparisons.find(direct, step.comparisonId);
    if (!comparison) return null;
    const assessment = step.kind === 'summarise' ? null : await this.assessments.find(direct, step.comparisonId, step.version);
    const all = await this.answers.ofComparison(direct, step.comparisonId);
    const included = (answer: AnswerEntity) =>
      step.kind === 'summarise' ? answer.id === step.answerId : assessment!.answers.some(({ id }) => id === answer.id);
    return {
      step,
      comparisonId: comparison.id,
      workspaceId: comparison.workspaceId,
      question: comparison.question,
      spec: assessment?.spec ?? comparison.assessment,
      answers: all.filter(included),
      excluded: all
        .filter((answer) => !included(answer))
        .map((answer) => ({ answerId: answer.id, reason: exclusionReason(answer) })),
      ranking: assessment?.ranking ?? null,
    };
  }

  /** Records a call before it leaves the house; returns its id. */
  async startCall(claimed: ClaimedStep, purpose: CallPurpose, model: string, attempt: number): Promise<string> {
    const id = uuid();
    const answerId = claimed.step.answerId;
    await this.calls.start(this.database.direct, {
      id,
      comparisonId: claimed.comparisonId,
      answerId,
      stepId: claimed.step.id,
      purpose,
      attempt,
      model,
    });
    return id;
  }

  async endCall(callId: string, end: CallEnd): Promise<void> {
    await this.calls.endCall(this.database.direct, callId, end);
  }

  /** What all calls of this step cost together. */
  async costOf(claimed: ClaimedStep): Promise<Cost> {
    return sumCosts(await this.calls.ofStep(this.database.direct, claimed.step.id));
  }

  async completeAnswerSummary(claimed: ClaimedStep, summary: AnswerSummary, failure: Failure | null): Promise<boolean> {
    return this.end(claimed, async (transition) => {
      const answer = await this.answers.find(transition.tx, claimed.step.answerId!);
      if (!answer || answer.attempt !== claimed.step.version || answer.status !== 'completed') return;
      if (failure) await this.report(transition, claimed, 'summary', failure);
      await this.answers.patch(transition.tx, answer.id, { summary });
      transition.emit({ type: 'answer.summarised', answerId: answer.id, summary });
    });
  }

  async completeDigest(claimed: ClaimedStep, summary: Summary, failure: Failure | null): Promise<boolean> {
    return this.end(claimed, async (transition) => {
      if (failure) await this.report(transition, claimed, 'summary', failure);
      await this.publish(transition, claimed, { summary }, { type: 'summary.completed', summary });
    });
  }

  /** `consistency` is what this query taught about the judges; it is kept with the result or not at all. */
  async completeRanking(
    claimed: ClaimedStep,
    verdict: Omit<Ranking, 'version' | 'createdAt'>,
    consistency: readonly { judge: string; agree: number; total: number }[],
    failure: Failure | null,
  ): Promise<boolean> {
    return this.end(claimed, async (transition) => {
      if (failure) await this.report(transition, claimed, 'ranking', failure);
      const ranking: Ranking = { version: claimed.step.version, ...verdict, createdAt: new Date().toISOString() };
      await this.assessments.addToJudgeHistory(transition.tx, claimed.workspaceId, consistency);
      await this.publish(transition, claimed, { ranking }, { type: 'ranking.completed', ranking });
    });
  }

  async completeSynthesis(claimed: ClaimedStep, synthesis: Synthesis): Promise<boolean> {
    return this.end(claimed, (transition) =>
      this.publish(transition, claimed, { synthesis }, { type: 'synthesis.completed', synthesis }),
    );
  }

  async failSynthesis(claimed: ClaimedStep, failure: Failure): Promise<boolean> {
    return this.end(claimed, (transition) => this.report(transition, claimed, 'synthesis', failure), failure);
  }

  /** Gives a step back unharmed: this worker is going away. */
  async handBack({ comparisonId, step }: ClaimedStep): Promise<void> {
    await this.transitions.run(comparisonId, async (transition) => {
      const row = await this.steps.find(transition.tx, step.id);
      if (row?.status !== 'running' || row.attempt !== step.attempt) return;
      await this.steps.patch(transition.tx, step.id, { status: 'queued', leaseOwner: null, leaseUntil: null });
      transition.enqueue({ name: step.kind, payload: { stepId: step.id }, id: `${step.kind}-${step.id}-${step.attempt + 1}` });
    });
  }

  judgeHistory(workspaceId: string, models: string[]): Promise<Record<string, { agree: number; total: number }>> {
    return this.assessments.judgeHistory(this.database.direct, workspaceId, models);
  }

  /** Stores a result with its version, and as the comparison's own while no newer version exists. */
  private async publish(
    transition: Transition,
    { step }: ClaimedStep,
    result: Partial<Pick<Transition['comparison'], 'summary' | 'ranking' | 'synthesis'>>,
    event: EventBody,
  ): Promise<void> {
    await this.assessments.patch(transition.tx, transition.id, step.version, result);
    if (transition.comparison.assessmentVersion === step.version) await transition.patch(result);
    transition.emit(event);
  }

  private async report(transition: Transition, { step }: ClaimedStep, name: Step, error: Failure): Promise<void> {
    transition.emit({ type: 'step.failed', step: name, error });
    if (step.kind !== 'summarise')
      await this.assessments.addFailure(transition.tx, transition.id, step.version, { step: name, message: error.message });
  }

  private async end(claimed: ClaimedStep, work: (transition: Transition) => Promise<void>, failure?: Failure): Promise<boolean> {
    const { id, attempt } = claimed.step;
    const done = await this.transitions.run(claimed.comparisonId, async (transition) => {
      const step = await this.steps.find(transition.tx, id);
      if (!step || step.status !== 'running' || step.attempt !== attempt) return false;
      await work(transition);
      await this.steps.patch(transition.tx, id, {
        status: failure ? 'failed' : 'completed',
        error: failure ?? null,
        finishedAt: new Date(),
        leaseOwner: null,
        leaseUntil: null,
      });
      await this.progress.advance(transition);
      return true;
    });
    return done ?? false;
  }
}

function exclusionReason(answer: AnswerEntity): string {
  switch (answer.status) {
    case 'completed':
      return 'landed after these answers were assessed';
    case 'queued':
    case 'streaming':
      return 'is still being written';
    default:
      return answer.error?.message ?? answer.status;
  }
}

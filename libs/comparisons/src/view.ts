import { Injectable } from '@nestjs/common';
import type { Answer, Attempt, Comparison, Timing } from '@polyphony/contracts';
import { toMoney } from '@polyphony/money';
import {
  type AnswerEntity,
  AnswerRepository,
  CallRepository,
  type ComparisonEntity,
  ComparisonRepository,
  type CostTotals,
  Database,
  type ModelCallEntity,
  type NewAnswer,
  type NewComparison,
  StepRepository,
  type Tx,
  UpkeepRepository,
} from '@polyphony/storage';
import { comparisonCost, sumCosts } from './cost-view.js';
import { notFound } from './refusal.js';

/** Reads comparisons as clients see them. */
@Injectable()
export class ComparisonView {
  constructor(
    private readonly database: Database,
    private readonly comparisons: ComparisonRepository,
    private readonly answers: AnswerRepository,
    private readonly calls: CallRepository,
    private readonly steps: StepRepository,
    private readonly upkeep: UpkeepRepository,
  ) {}

  /** The comparison as of its `lastSeq`, texts still being written included. Refuses ids of other workspaces as unknown. */
  async get(workspaceId: string, id: string): Promise<Comparison> {
    return this.database.snapshot(async (tx) => {
      const comparison = await this.comparisons.findOfWorkspace(tx, workspaceId, id);
      if (!comparison) throw notFound();
      const [view] = await this.views(tx, [comparison], true);
      return comparison.status === 'assessing' && view!.assessment.synthesis ? this.withPartialSynthesis(tx, view!) : view!;
    });
  }

  async page(
    workspaceId: string,
    limit: number,
    cursor: string | null,
  ): Promise<{ items: Comparison[]; nextCursor: string | null }> {
    return this.database.snapshot(async (tx) => {
      const rows = await this.comparisons.page(tx, workspaceId, limit + 1, cursor);
      const shown = rows.slice(0, limit);
      return { items: await this.views(tx, shown, false), nextCursor: rows.length > limit ? shown.at(-1)!.id : null };
    });
  }

  /** Refuses ids of other workspaces as unknown; otherwise says whether anything may still be appended to the log. */
  async mayGoOn(workspaceId: string, id: string): Promise<boolean> {
    const { direct } = this.database;
    const comparison = await this.comparisons.findOfWorkspace(direct, workspaceId, id);
    if (!comparison) throw notFound();
    if (comparison.finishedAt === null) return true;
    return (await this.answers.statesOf(direct, id)).some(
      (answer) => answer.status === 'queued' || answer.status === 'streaming',
    );
  }

  /** A comparison that has just been stored: nothing has happened to it yet, so nothing has to be read. */
  fresh(comparison: NewComparison, answers: readonly NewAnswer[]): Comparison {
    const views = answers.map((answer) => answerView({ ...untouchedAnswer, ...answer }, [], undefined));
    return comparisonView({ ...untouchedComparison, ...comparison }, views, undefined, 1);
  }

  /** A synthesis under way shows what is written of it; that it names no answers yet says that it is not complete. */
  private async withPartialSynthesis(tx: Tx, view: Comparison): Promise<Comparison> {
    const streamed = await this.steps.streamedSynthesis(tx, view.id);
    if (!streamed) return view;
    return { ...view, synthesis: { ...streamed, answerIds: [], usage: null, cost: { usd: null, basis: 'unknown' } } };
  }

  private async views(tx: Tx, rows: ComparisonEntity[], partialTexts: boolean): Promise<Comparison[]> {
    const ids = rows.map((row) => row.id);
    const answers = await this.answers.ofComparisons(tx, ids);
    const calls = await this.calls.attemptsOf(tx, ids);
    const costs = await this.calls.costOf(tx, ids);
    const seqs = await this.upkeep.lastSeqs(tx, ids);
    const streaming = partialTexts && answers.some((answer) => answer.status === 'streaming');
    const texts = streaming ? await this.answers.streamedTexts(tx, ids[0]!) : new Map<string, string>();
    return rows.map((row) =>
      comparisonView(
        row,
        answers.filter((answer) => answer.comparisonId === row.id).map((answer) => answerView(answer, calls.filter((call) => call.answerId === answer.id), texts.get(answer.id))), // prettier-ignore
        costs.get(row.id),
        seqs.get(row.id) ?? 0,
      ),
    );
  }
}

function comparisonView(row: ComparisonEntity, answers: Answer[], costs: CostTotals | undefined, lastSeq: number): Comparison {
  const { prompt, messages, system } = row.question;
  return {
    id: row.id,
    status: row.status,
    ...(prompt !== undefined && { prompt }),
    ...(messages !== undefined && { messages }),
    system,
    panel: row.panel,
    assessment: row.assessment,
    policy: row.policy,
    metadata: row.metadata,
    conversationId: row.conversationId,
    answers,
    summary: row.summary,
    ranking: row.ranking,
    synthesis: row.synthesis,
    degraded: row.degradedReasons.length > 0,
    degradedReasons: row.degradedReasons,
    cost: comparisonCost(costs),
    lastSeq,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

const untouchedComparison = {
  graceUntil: null, waitForAll: false, finishRequested: false, answeringEndedAt: null, assessmentVersion: 0,
  summary: null, ranking: null, synthesis: null, degradedReasons: [], startedAt: null, finishedAt: null,
}; // prettier-ignore
const untouchedAnswer = {
  late: false, servedBy: null, text: '', finishReason: null, usage: null, timing: null, provider: null, error: null, summary: null,
  attempt: 0, modelIndex: 0, modelTries: 0, notBefore: null, leaseOwner: null, leaseUntil: null, startedAt: null, finishedAt: null,
}; // prettier-ignore

const noTiming: Timing = { queuedMs: null, timeToFirstTokenMs: null, totalMs: null, tokensPerSecond: null };

function answerView(row: AnswerEntity, calls: ModelCallEntity[], partialText: string | undefined): Answer {
  return {
    id: row.id,
    slot: row.slot,
    model: row.model,
    servedBy: row.servedBy,
    status: row.status,
    late: row.late,
    text: row.status === 'streaming' ? (partialText ?? '') : row.text,
    finishReason: row.finishReason,
    usage: row.usage,
    cost: sumCosts(calls),
    timing: row.timing ?? noTiming,
    provider: row.provider,
    attempt: row.attempt,
    attempts: calls.map(attemptView),
    summary: row.summary,
    error: row.error,
  };
}

function attemptView(call: ModelCallEntity): Attempt {
  return {
    attempt: call.attempt,
    model: call.model,
    status: call.status,
    error: call.error,
    usage: call.usage,
    cost: { usd: call.costNanos === null ? null : toMoney(BigInt(call.costNanos)), basis: call.costBasis },
    startedAt: call.startedAt.toISOString(),
    finishedAt: call.finishedAt?.toISOString() ?? null,
  };
}

import { Injectable } from '@nestjs/common';
import type { Cost, FinishReason, Slot } from '@polyphony/contracts';
import { In, type QueryDeepPartialEntity } from 'typeorm';
import type { Tx } from '../database.js';
import { AnswerEntity } from '../entities/answer.entity.js';
import type { Question } from '../entities/comparison.entity.js';
import { renewLeases } from './renew-leases.js';

/** What deciding the next step needs of an answer: everything but its text. */
export type AnswerState = Omit<AnswerEntity, 'text'>;

/** What a claim hands over: everything the call needs. */
export interface ClaimedRow {
  comparisonId: string;
  attempt: number;
  model: string;
  question: Question;
  slot: Slot;
  modelIndex: number;
  modelTries: number;
}

/** A complete answer; `rest` is the end of `text` that is not in the log yet, `stepId` names the summary step should one be due. */
export interface CompleteAnswer extends Pick<AnswerEntity, 'id' | 'attempt' | 'text' | 'usage' | 'provider'> {
  servedBy: string;
  rest: string;
  finishReason: FinishReason;
  timeToFirstTokenMs: number | null;
  tokensPerSecond: number | null;
  costNanos: string | null;
  costBasis: Cost['basis'];
  costUsd: string | null;
  stepId: string;
  channel: string | null;
}

const columnsWithoutText = {
  id: true, comparisonId: true, slot: true, model: true, status: true, late: true, servedBy: true, finishReason: true, usage: true,
  timing: true, provider: true, error: true, summary: true, attempt: true, modelIndex: true, modelTries: true, notBefore: true,
  leaseOwner: true, leaseUntil: true, queuedAt: true, startedAt: true, finishedAt: true,
} as const; // prettier-ignore

@Injectable()
export class AnswerRepository {
  find(tx: Tx, id: string): Promise<AnswerEntity | null> {
    return tx.findOneBy(AnswerEntity, { id });
  }

  /** All answers of a comparison in slot order, texts included. */
  ofComparison(tx: Tx, comparisonId: string): Promise<AnswerEntity[]> {
    return tx.find(AnswerEntity, { where: { comparisonId }, order: { slot: 'ASC' } });
  }

  ofComparisons(tx: Tx, comparisonIds: string[]): Promise<AnswerEntity[]> {
    return tx.find(AnswerEntity, { where: { comparisonId: In(comparisonIds) }, order: { slot: 'ASC' } });
  }

  /** The same without texts, for deciding what comes next. */
  statesOf(tx: Tx, comparisonId: string): Promise<AnswerState[]> {
    return tx.find(AnswerEntity, { select: columnsWithoutText, where: { comparisonId }, order: { slot: 'ASC' } });
  }

  /** Only while the comparison is locked. */
  async patch(tx: Tx, id: string, change: Partial<AnswerEntity>): Promise<void> {
    await tx.update(AnswerEntity, { id }, change as QueryDeepPartialEntity<AnswerEntity>);
  }

  /**
   * Makes a queued answer this owner's for `leaseMs` by the database's clock, records the call that follows, and says so
   * in the log, all at once. Null when it is not queued, not due yet, or past its comparison's deadline.
   */
  async claimQueued(
    tx: Tx,
    claim: { answerId: string; owner: string; leaseMs: number; callId: string; channel: string | null },
  ): Promise<ClaimedRow | null> {
    const [row] = await tx.query<[{ claimed: ClaimedRow | null }]>(
      `SELECT polyphony_claim_answer($1, $2, $3, $4, $5) AS claimed`,
      [claim.answerId, claim.owner, claim.leaseMs, claim.callId, claim.channel],
    );
    return row.claimed;
  }

  /**
   * Stores a complete answer with its call, the last of its text and its end in the log, and adds the step that summarises
   * it where one is wanted, all at once. Null when the attempt is no longer the streaming one. `nothingElseDue` says that
   * other answers are open and the policy waits for them.
   */
  async complete(
    tx: Tx,
    answer: CompleteAnswer,
  ): Promise<{ comparisonId: string; stepAdded: boolean; nothingElseDue: boolean } | null> {
    const [row] = await tx.query<[{ done: { comparisonId: string; stepAdded: boolean; nothingElseDue: boolean } | null }]>(
      `SELECT polyphony_complete_answer($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) AS done`,
      [
        answer.id,
        answer.attempt,
        answer.servedBy,
        answer.text,
        answer.rest,
        answer.finishReason,
        answer.usage && JSON.stringify(answer.usage),
        JSON.stringify(answer.provider),
        answer.timeToFirstTokenMs,
        answer.tokensPerSecond,
        answer.costNanos,
        answer.costBasis,
        answer.costUsd,
        answer.stepId,
        answer.channel,
      ],
    );
    return row.done;
  }

  /** Whether this attempt is still streaming although its lease has run out. */
  async isLost(tx: Tx, id: string, attempt: number): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `SELECT 1 FROM answer WHERE id = $1 AND attempt = $2 AND status = 'streaming' AND lease_until < clock_timestamp()`,
      [id, attempt],
    );
    return rows.length > 0;
  }

  /** Prolongs the leases of this owner on these answers and returns what it still holds. What is missing was taken away. */
  renew(tx: Tx, owner: string, ids: readonly string[], leaseMs: number): Promise<{ id: string; attempt: number }[]> {
    return renewLeases(tx, 'answer', owner, ids, leaseMs);
  }

  /**
   * Streaming answers whose worker has not prolonged its lease. For as long as a lease lasts after the server's own start
   * there are none: nobody could prolong anything while it was away.
   */
  async lost(tx: Tx, leaseMs: number): Promise<{ id: string; comparisonId: string; attempt: number }[]> {
    return tx.query(
      `SELECT id, comparison_id AS "comparisonId", attempt FROM answer WHERE status = 'streaming' AND lease_until < now()
         AND pg_postmaster_start_time() < now() - $1 * interval '1 millisecond' LIMIT 500`,
      [leaseMs],
    );
  }

  /** Answers that have been ready to be called for longer than `graceMs`: their job may be gone. */
  async waiting(
    tx: Tx,
    graceMs: number,
  ): Promise<(Pick<AnswerEntity, 'id' | 'model' | 'attempt' | 'modelIndex'> & { fallbacks: string[] })[]> {
    return tx.query(
      `SELECT a.id, a.model, a.attempt, a.model_index AS "modelIndex", coalesce(c.panel->a.slot->'fallbacks', '[]') AS fallbacks
       FROM answer a JOIN comparison c ON c.id = a.comparison_id
       WHERE a.status = 'queued' AND greatest(a.queued_at, coalesce(a.not_before, a.queued_at)) < now() - $1 * interval '1 millisecond'
       ORDER BY a.queued_at LIMIT 2000`,
      [graceMs],
    );
  }

  /** What has been streamed so far by the present attempt of each of these answers, from the log. */
  async streamedTexts(tx: Tx, comparisonId: string): Promise<Map<string, string>> {
    const rows = await tx.query<{ id: string; text: string }[]>(
      `SELECT a.id, string_agg(e.body->>'text', '' ORDER BY e.seq) AS text
       FROM answer a JOIN event e ON e.comparison_id = a.comparison_id AND e.type = 'answer.delta'
        AND (e.body->>'answerId')::uuid = a.id AND (e.body->>'attempt')::int = a.attempt
       WHERE a.comparison_id = $1 AND a.status = 'streaming' GROUP BY a.id`,
      [comparisonId],
    );
    return new Map(rows.map((row) => [row.id, row.text]));
  }
}

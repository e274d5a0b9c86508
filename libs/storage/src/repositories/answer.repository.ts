import { Injectable } from '@nestjs/common';
import { In, type QueryDeepPartialEntity } from 'typeorm';
import type { Tx } from '../database.js';
import { AnswerEntity } from '../entities/answer.entity.js';

/** What deciding the next step needs of an answer: everything but its text. */
export type AnswerState = Omit<AnswerEntity, 'text'>;

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

  /** Makes an answer this owner's for `leaseMs`, by the database's clock: workers' own may differ. */
  async lease(tx: Tx, id: string, owner: string, leaseMs: number): Promise<void> {
    await tx.query(`UPDATE answer SET lease_owner = $2, lease_until = clock_timestamp() + $3 * interval '1 millisecond' WHERE id = $1`, [
      id,
      owner,
      leaseMs,
    ]);
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
  async renew(tx: Tx, owner: string, ids: readonly string[], leaseMs: number): Promise<{ id: string; attempt: number }[]> {
    const [rows] = await tx.query<[{ id: string; attempt: number }[], number]>(
      `UPDATE answer SET lease_until = now() + $2 * interval '1 millisecond'
       WHERE id = ANY ($3) AND lease_owner = $1 AND status = 'streaming' RETURNING id, attempt`,
      [owner, leaseMs, ids],
    );
    return rows;
  }

  /** Streaming answers whose worker has not prolonged its lease. */
  async lost(tx: Tx): Promise<{ id: string; comparisonId: string; attempt: number }[]> {
    return tx.query(
      `SELECT id, comparison_id AS "comparisonId", attempt FROM answer WHERE status = 'streaming' AND lease_until < now() LIMIT 500`,
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

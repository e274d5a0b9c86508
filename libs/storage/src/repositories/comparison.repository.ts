import { Injectable } from '@nestjs/common';
import type { QueryDeepPartialEntity } from 'typeorm';
import type { Tx } from '../database.js';
import type { AnswerEntity } from '../entities/answer.entity.js';
import { ComparisonEntity } from '../entities/comparison.entity.js';

/** A comparison as it is first stored. */
export type NewComparison = Omit<
  ComparisonEntity,
  | 'graceUntil'
  | 'waitForAll'
  | 'finishRequested'
  | 'answeringEndedAt'
  | 'assessmentVersion'
  | 'summary'
  | 'ranking'
  | 'synthesis'
  | 'degradedReasons'
  | 'startedAt'
  | 'finishedAt'
>;
export type NewAnswer = Pick<AnswerEntity, 'id' | 'comparisonId' | 'slot' | 'model' | 'status' | 'queuedAt'>;

@Injectable()
export class ComparisonRepository {
  /**
   * Stores a comparison, its answers and the first event of its log, in one statement: all of it or nothing. A taken
   * idempotency key stores nothing and returns false.
   */
  async insert(tx: Tx, comparison: NewComparison, answers: NewAnswer[]): Promise<boolean> {
    const c = comparison;
    const rows = await tx.query<unknown[]>(
      `WITH new AS (
         INSERT INTO comparison (id, workspace_id, created_by, status, question, panel, assessment, policy, metadata, conversation_id,
           max_cost_nanos, idempotency_key, request_hash, deadline_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT DO NOTHING RETURNING id
       ), log AS (
         INSERT INTO comparison_log (comparison_id, last_seq) SELECT id, 1 FROM new
       ), first AS (
         INSERT INTO event (comparison_id, seq, at, type, body) SELECT id, 1, clock_timestamp(), 'comparison.status', $16 FROM new
       ), answers AS (
         INSERT INTO answer (id, comparison_id, slot, model, status, queued_at)
         SELECT t.id, new.id, t.slot, t.model, 'queued', $15 FROM new, unnest($17::uuid[], $18::int[], $19::text[]) AS t (id, slot, model)
       )
       SELECT 1 FROM new`,
      [
        c.id, c.workspaceId, c.createdBy, c.status, JSON.stringify(c.question), JSON.stringify(c.panel), JSON.stringify(c.assessment),
        JSON.stringify(c.policy), JSON.stringify(c.metadata), c.conversationId, c.maxCostNanos, c.idempotencyKey, c.requestHash,
        c.deadlineAt, c.createdAt, JSON.stringify({ status: c.status }),
        answers.map((answer) => answer.id), answers.map((answer) => answer.slot), answers.map((answer) => answer.model),
      ], // prettier-ignore
    );
    return rows.length > 0;
  }

  /**
   * Takes the comparison's mutex (its log's counter row) until the transaction ends, then reads it. Every change of
   * state goes through here, so what is read stays true. Null when there is no such comparison.
   */
  async lock(tx: Tx, id: string): Promise<ComparisonEntity | null> {
    const locked = await tx.query<unknown[]>(`SELECT 1 FROM comparison_log WHERE comparison_id = $1 FOR UPDATE`, [id]);
    return locked.length ? tx.findOneBy(ComparisonEntity, { id }) : null;
  }

  find(tx: Tx, id: string): Promise<ComparisonEntity | null> {
    return tx.findOneBy(ComparisonEntity, { id });
  }

  findOfWorkspace(tx: Tx, workspaceId: string, id: string): Promise<ComparisonEntity | null> {
    return tx.findOneBy(ComparisonEntity, { id, workspaceId });
  }

  findByIdempotencyKey(tx: Tx, workspaceId: string, idempotencyKey: string): Promise<ComparisonEntity | null> {
    return tx.findOneBy(ComparisonEntity, { workspaceId, idempotencyKey });
  }

  /** Newest first; ids are UUIDv7, so older than `before` is smaller. */
  page(tx: Tx, workspaceId: string, limit: number, before: string | null): Promise<ComparisonEntity[]> {
    const query = tx
      .createQueryBuilder(ComparisonEntity, 'c')
      .where('c.workspaceId = :workspaceId', { workspaceId })
      .orderBy('c.id', 'DESC')
      .take(limit);
    if (before) query.andWhere('c.id < :before', { before });
    return query.getMany();
  }

  async patch(tx: Tx, id: string, change: Partial<ComparisonEntity>): Promise<void> {
    await tx.update(ComparisonEntity, { id }, change as QueryDeepPartialEntity<ComparisonEntity>);
  }

  async delete(tx: Tx, id: string): Promise<void> {
    await tx.query(`DELETE FROM comparison WHERE id = $1`, [id]);
    await tx.query(`DELETE FROM event WHERE comparison_id = $1`, [id]);
  }

  async countOpen(tx: Tx): Promise<number> {
    const [row] = await tx.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM comparison WHERE status IN ('queued', 'answering', 'assessing')`,
    );
    return row.count;
  }

  /** Comparisons whose waiting should have ended: past the deadline with open answers, or past their grace. */
  async overdue(tx: Tx): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `SELECT c.id FROM comparison c
       WHERE (c.status IN ('queued', 'answering') AND c.grace_until < now())
          OR (c.deadline_at < now() AND c.status <> 'cancelled' AND EXISTS (
               SELECT 1 FROM answer a WHERE a.comparison_id = c.id AND a.status IN ('queued', 'streaming')))
       LIMIT 200`,
    );
    return rows.map((row) => row.id);
  }

  /** Comparisons that are assessing although nothing of theirs is queued or running any more. */
  async stuck(tx: Tx): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `SELECT c.id FROM comparison c
       WHERE c.status IN ('queued', 'answering', 'assessing')
         AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.comparison_id = c.id AND a.status IN ('queued', 'streaming'))
         AND NOT EXISTS (SELECT 1 FROM step s WHERE s.comparison_id = c.id AND s.status IN ('queued', 'running'))
       LIMIT 200`,
    );
    return rows.map((row) => row.id);
  }
}

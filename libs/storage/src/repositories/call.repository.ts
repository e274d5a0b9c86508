import { Injectable } from '@nestjs/common';
import { In, MoreThanOrEqual } from 'typeorm';
import type { Tx } from '../database.js';
import { ModelCallEntity } from '../entities/model-call.entity.js';

/** A call as it is recorded before it leaves the house. */
export type NewCall = Pick<ModelCallEntity, 'id' | 'comparisonId' | 'answerId' | 'stepId' | 'purpose' | 'attempt' | 'model'>;
/** How a call ended. */
export type CallEnd = Pick<ModelCallEntity, 'status' | 'error' | 'usage' | 'costNanos' | 'costBasis'>;

/** What the calls of a comparison cost so far, in nano-dollars. */
export interface CostTotals {
  answersNanos: bigint;
  assessmentNanos: bigint;
  knownAnswers: number;
  knownAssessments: number;
  unknownAnswers: number;
  unknownAssessments: number;
  estimated: number;
}

@Injectable()
export class CallRepository {
  async start(tx: Tx, call: NewCall): Promise<void> {
    await tx.query(
      `INSERT INTO model_call (id, comparison_id, answer_id, step_id, purpose, attempt, model, status) VALUES ($1, $2, $3, $4, $5, $6, $7, 'running')`,
      [call.id, call.comparisonId, call.answerId, call.stepId, call.purpose, call.attempt, call.model],
    );
  }

  /** Ends the call of an answer's attempt. A call that has already ended keeps its status; its cost is filled in if it was unknown. */
  async endAttempt(tx: Tx, answerId: string, attempt: number, end: CallEnd): Promise<void> {
    await this.end(tx, `answer_id = $1 AND attempt = $2 AND purpose = 'answer'`, [answerId, attempt], end);
  }

  async endCall(tx: Tx, id: string, end: CallEnd): Promise<void> {
    await this.end(tx, `id = $1 AND $2::text IS NULL`, [id, null], end);
  }

  private async end(tx: Tx, where: string, key: unknown[], end: CallEnd): Promise<void> {
    await tx.query(
      `UPDATE model_call SET
         status = CASE WHEN status = 'running' THEN $3 ELSE status END,
         error = CASE WHEN status = 'running' THEN $4::jsonb ELSE error END,
         usage = coalesce($5::jsonb, usage),
         cost_nanos = CASE WHEN cost_basis = 'unknown' THEN $6::bigint ELSE cost_nanos END,
         cost_basis = CASE WHEN cost_basis = 'unknown' THEN $7 ELSE cost_basis END,
         finished_at = coalesce(finished_at, now())
       WHERE ${where}`,
      [...key, end.status, json(end.error), json(end.usage), end.costNanos, end.costBasis],
    );
  }

  /** Keeps the text of a complete answer that is about to be asked for again. */
  async keepText(tx: Tx, answerId: string, attempt: number, text: string): Promise<void> {
    await tx.query(`UPDATE model_call SET text = $3 WHERE answer_id = $1 AND attempt = $2 AND purpose = 'answer'`, [
      answerId,
      attempt,
      text,
    ]);
  }

  /** Every attempt of these answers, oldest first. */
  attemptsOf(tx: Tx, comparisonIds: string[]): Promise<ModelCallEntity[]> {
    return tx.find(ModelCallEntity, {
      where: { comparisonId: In(comparisonIds), purpose: 'answer' },
      order: { attempt: 'ASC' },
    });
  }

  /** How many attempts of an answer ended with their worker since it was asked for. */
  async lostAttempts(tx: Tx, answerId: string, since: Date): Promise<number> {
    return tx.countBy(ModelCallEntity, { answerId, status: 'lost', startedAt: MoreThanOrEqual(since) });
  }

  async ofStep(tx: Tx, stepId: string): Promise<ModelCallEntity[]> {
    return tx.findBy(ModelCallEntity, { stepId });
  }

  async costOf(tx: Tx, comparisonIds: string[]): Promise<Map<string, CostTotals>> {
    const rows = await tx.query<
      ({ id: string; answers: string; assessment: string } & Pick<
        CostTotals,
        'knownAnswers' | 'knownAssessments' | 'unknownAnswers' | 'unknownAssessments' | 'estimated'
      >)[]
    >(
      `SELECT comparison_id AS id,
         coalesce(sum(cost_nanos) FILTER (WHERE purpose = 'answer'), 0)::text AS answers,
         coalesce(sum(cost_nanos) FILTER (WHERE purpose <> 'answer'), 0)::text AS assessment,
         (count(cost_nanos) FILTER (WHERE purpose = 'answer'))::int AS "knownAnswers",
         (count(cost_nanos) FILTER (WHERE purpose <> 'answer'))::int AS "knownAssessments",
         (count(*) FILTER (WHERE purpose = 'answer' AND cost_nanos IS NULL))::int AS "unknownAnswers",
         (count(*) FILTER (WHERE purpose <> 'answer' AND cost_nanos IS NULL))::int AS "unknownAssessments",
         (count(*) FILTER (WHERE cost_basis = 'estimated'))::int AS estimated
       FROM model_call WHERE comparison_id = ANY ($1) GROUP BY comparison_id`,
      [comparisonIds],
    );
    return new Map(
      rows.map(({ id, answers, assessment, ...counts }) => [
        id,
        { answersNanos: BigInt(answers), assessmentNanos: BigInt(assessment), ...counts },
      ]),
    );
  }
}

function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

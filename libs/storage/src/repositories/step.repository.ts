import { Injectable } from '@nestjs/common';
import type { QueryDeepPartialEntity } from 'typeorm';
import type { Tx } from '../database.js';
import { StepEntity, type StepKind } from '../entities/step.entity.js';
import { renewLeases } from './renew-leases.js';

/** A step as it becomes due. */
export interface NewStep {
  id: string;
  comparisonId: string;
  kind: StepKind;
  version: number;
  answerId: string | null;
}

@Injectable()
export class StepRepository {
  /** Adds a step, or queues it again if it was cancelled; null when it is there already. */
  async add(tx: Tx, step: NewStep): Promise<Pick<StepEntity, 'id' | 'attempt'> | null> {
    const rows = await tx.query<Pick<StepEntity, 'id' | 'attempt'>[]>(
      `INSERT INTO step (id, comparison_id, kind, version, answer_id, status) VALUES ($1, $2, $3, $4, $5, 'queued')
       ON CONFLICT (comparison_id, kind, version, coalesce(answer_id, '00000000-0000-0000-0000-000000000000'::uuid))
       DO UPDATE SET status = 'queued', created_at = now(), finished_at = NULL, lease_owner = NULL, lease_until = NULL
         WHERE step.status = 'cancelled'
       RETURNING id, attempt`,
      [step.id, step.comparisonId, step.kind, step.version, step.answerId],
    );
    return rows[0] ?? null;
  }

  find(tx: Tx, id: string): Promise<StepEntity | null> {
    return tx.findOneBy(StepEntity, { id });
  }

  ofComparison(tx: Tx, comparisonId: string): Promise<StepEntity[]> {
    return tx.findBy(StepEntity, { comparisonId });
  }

  /** Makes a queued step, or one whose worker lost it, this owner's. Null when there is nothing to claim. */
  async claim(tx: Tx, id: string, owner: string, leaseMs: number): Promise<StepEntity | null> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      `UPDATE step SET status = 'running', attempt = attempt + 1, lease_owner = $2, lease_until = now() + $3 * interval '1 millisecond'
       WHERE id = $1 AND (status = 'queued' OR (status = 'running' AND lease_until < now())) RETURNING id`,
      [id, owner, leaseMs],
    );
    return rows.length ? this.find(tx, id) : null;
  }

  async patch(tx: Tx, id: string, change: Partial<StepEntity>): Promise<void> {
    await tx.update(StepEntity, { id }, change as QueryDeepPartialEntity<StepEntity>);
  }

  /** Prolongs the leases of this owner on these steps and returns what it still holds. */
  renew(tx: Tx, owner: string, ids: readonly string[], leaseMs: number): Promise<{ id: string; attempt: number }[]> {
    return renewLeases(tx, 'step', owner, ids, leaseMs);
  }

  /** Steps nobody works on: queued for longer than `graceMs`, or with a lease run out, which counts as in `AnswerRepository.lost`. */
  async abandoned(
    tx: Tx,
    graceMs: number,
    leaseMs: number,
  ): Promise<Pick<StepEntity, 'id' | 'kind' | 'attempt' | 'comparisonId'>[]> {
    return tx.query(
      `SELECT id, kind, attempt, comparison_id AS "comparisonId" FROM step
       WHERE (status = 'queued' AND created_at < now() - $1 * interval '1 millisecond') OR (
         status = 'running' AND lease_until < now() AND pg_postmaster_start_time() < now() - $2 * interval '1 millisecond'
       ) LIMIT 500`,
      [graceMs, leaseMs],
    );
  }

  /** What has been streamed so far of a synthesis that is being written, and the model that writes it; null when none is. */
  async streamedSynthesis(tx: Tx, comparisonId: string): Promise<{ text: string; model: string } | null> {
    const [row] = await tx.query<[{ text: string | null; model: string }]>(
      `WITH latest AS (
         SELECT body->>'version' AS version, body->>'attempt' AS attempt FROM event
         WHERE comparison_id = $1 AND type = 'synthesis.delta' ORDER BY seq DESC LIMIT 1
       )
       SELECT string_agg(e.body->>'text', '' ORDER BY e.seq) AS text,
         max((SELECT model FROM model_call c WHERE c.step_id = s.id ORDER BY c.started_at DESC LIMIT 1)) AS model
       FROM latest l JOIN step s ON s.comparison_id = $1 AND s.kind = 'synthesise' AND s.version = l.version::int AND s.status = 'running'
       JOIN event e ON e.comparison_id = $1 AND e.type = 'synthesis.delta'
        AND e.body->>'version' = l.version AND e.body->>'attempt' = l.attempt`,
      [comparisonId],
    );
    return row.text === null ? null : { text: row.text, model: row.model };
  }

  async cancelOpen(tx: Tx, comparisonId: string): Promise<string[]> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      `UPDATE step SET status = 'cancelled', finished_at = now() WHERE comparison_id = $1 AND status IN ('queued', 'running') RETURNING id`,
      [comparisonId],
    );
    return rows.map((row) => row.id);
  }
}

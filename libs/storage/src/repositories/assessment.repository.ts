import { Injectable } from '@nestjs/common';
import type { QueryDeepPartialEntity } from 'typeorm';
import type { Tx } from '../database.js';
import { AssessmentEntity } from '../entities/assessment.entity.js';

@Injectable()
export class AssessmentRepository {
  async add(tx: Tx, assessment: Pick<AssessmentEntity, 'comparisonId' | 'version' | 'spec' | 'answers'>): Promise<void> {
    await tx.insert(AssessmentEntity, { ...assessment, status: 'running', failures: [], createdAt: new Date() });
  }

  find(tx: Tx, comparisonId: string, version: number): Promise<AssessmentEntity | null> {
    return tx.findOneBy(AssessmentEntity, { comparisonId, version });
  }

  async patch(tx: Tx, comparisonId: string, version: number, change: Partial<AssessmentEntity>): Promise<void> {
    await tx.update(AssessmentEntity, { comparisonId, version }, change as QueryDeepPartialEntity<AssessmentEntity>);
  }

  async addFailure(tx: Tx, comparisonId: string, version: number, failure: AssessmentEntity['failures'][number]): Promise<void> {
    await tx.query(`UPDATE assessment SET failures = failures || $3::jsonb WHERE comparison_id = $1 AND version = $2`, [
      comparisonId,
      version,
      JSON.stringify([failure]),
    ]);
  }

  /** How often each judge model gave the same verdict in both orders, over everything this workspace had judged. */
  async judgeHistory(tx: Tx, workspaceId: string, models: string[]): Promise<Record<string, { agree: number; total: number }>> {
    const rows = await tx.query<{ model: string; agree: number; total: number }[]>(
      `SELECT model, agree, total FROM judge_record WHERE workspace_id = $1 AND model = ANY ($2)`,
      [workspaceId, models],
    );
    return Object.fromEntries(rows.map(({ model, agree, total }) => [model, { agree, total }]));
  }

  async addToJudgeHistory(
    tx: Tx,
    workspaceId: string,
    counts: readonly { judge: string; agree: number; total: number }[],
  ): Promise<void> {
    for (const { judge, agree, total } of [...counts].sort((a, b) => a.judge.localeCompare(b.judge)))
      await tx.query(
        `INSERT INTO judge_record (workspace_id, model, agree, total) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, model) DO UPDATE SET agree = judge_record.agree + $3, total = judge_record.total + $4`,
        [workspaceId, judge, agree, total],
      );
  }
}

import type { Failure } from '@polyphony/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export const stepKinds = ['summarise', 'digest', 'rank', 'synthesise'] as const;
export type StepKind = (typeof stepKinds)[number];
export type StepStatus = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';

/** One piece of work after the answers, claimed like an answer. */
@Entity('step')
export class StepEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'comparison_id' }) comparisonId!: string;
  /** The version of the assessment; for `summarise`, the attempt of the answer it summarises. */
  @Column('int') version!: number;
  @Column('text') kind!: StepKind;
  @Column('uuid', { name: 'answer_id', nullable: true }) answerId!: string | null;
  @Column('text') status!: StepStatus;
  @Column('int') attempt!: number;
  @Column('uuid', { name: 'lease_owner', nullable: true }) leaseOwner!: string | null;
  @Column('timestamptz', { name: 'lease_until', nullable: true }) leaseUntil!: Date | null;
  @Column('jsonb', { nullable: true }) error!: Failure | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
}

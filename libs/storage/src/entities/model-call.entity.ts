import type { Attempt, Cost, Failure, Usage } from '@polyphony/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export type CallPurpose = 'answer' | 'summary' | 'digest' | 'ballot' | 'synthesis';

/** One call to one model: what it was for, how it ended, what it cost. Every call that left the house has a row. */
@Entity('model_call')
export class ModelCallEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'comparison_id' }) comparisonId!: string;
  @Column('uuid', { name: 'answer_id', nullable: true }) answerId!: string | null;
  @Column('uuid', { name: 'step_id', nullable: true }) stepId!: string | null;
  @Column('text') purpose!: CallPurpose;
  @Column('int') attempt!: number;
  @Column('text') model!: string;
  @Column('text') status!: Attempt['status'];
  @Column('jsonb', { nullable: true }) error!: Failure | null;
  @Column('jsonb', { nullable: true }) usage!: Usage | null;
  /** Nano-dollars as the driver gives bigint: a string. Null when unknown. */
  @Column('bigint', { name: 'cost_nanos', nullable: true }) costNanos!: string | null;
  @Column('text', { name: 'cost_basis' }) costBasis!: Cost['basis'];
  @Column('timestamptz', { name: 'started_at' }) startedAt!: Date;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
}

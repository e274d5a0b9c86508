import type { AnswerStatus, AnswerSummary, Failure, FinishReason, ProviderMetadata, Timing, Usage } from '@polyphony/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('answer')
export class AnswerEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'comparison_id' }) comparisonId!: string;
  @Column('int') slot!: number;
  @Column('text') model!: string;
  @Column('text') status!: AnswerStatus;
  @Column('boolean') late!: boolean;
  @Column('text', { name: 'served_by', nullable: true }) servedBy!: string | null;
  @Column('text') text!: string;
  @Column('text', { name: 'finish_reason', nullable: true }) finishReason!: FinishReason | null;
  @Column('jsonb', { nullable: true }) usage!: Usage | null;
  @Column('jsonb', { nullable: true }) timing!: Timing | null;
  @Column('jsonb', { nullable: true }) provider!: ProviderMetadata | null;
  @Column('jsonb', { nullable: true }) error!: Failure | null;
  @Column('jsonb', { nullable: true }) summary!: AnswerSummary | null;
  /** The fencing token: whoever holds a smaller number has lost the answer. */
  @Column('int') attempt!: number;
  /** 0 is the slot's model, 1 its first fallback, and so on. */
  @Column('int', { name: 'model_index' }) modelIndex!: number;
  /** Failed calls of the model at `modelIndex` so far. */
  @Column('int', { name: 'model_tries' }) modelTries!: number;
  /** A queued answer is not to be called before this time: its model asked for patience. */
  @Column('timestamptz', { name: 'not_before', nullable: true }) notBefore!: Date | null;
  @Column('uuid', { name: 'lease_owner', nullable: true }) leaseOwner!: string | null;
  @Column('timestamptz', { name: 'lease_until', nullable: true }) leaseUntil!: Date | null;
  @Column('timestamptz', { name: 'queued_at' }) queuedAt!: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
}

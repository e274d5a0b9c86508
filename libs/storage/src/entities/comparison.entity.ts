import type {
  AssessmentRequest,
  ComparisonStatus,
  Message,
  Policy,
  Ranking,
  Slot,
  Summary,
  Synthesis,
} from '@polyphony/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What was asked: a prompt or messages, never both. */
export interface Question {
  prompt?: string;
  messages?: Message[];
  system: string | null;
}

@Entity('comparison')
export class ComparisonEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'workspace_id' }) workspaceId!: string;
  @Column('uuid', { name: 'created_by' }) createdBy!: string;
  @Column('text') status!: ComparisonStatus;
  @Column('jsonb') question!: Question;
  @Column('jsonb') panel!: Slot[];
  @Column('jsonb') assessment!: AssessmentRequest;
  @Column('jsonb') policy!: Policy;
  @Column('jsonb') metadata!: Record<string, string>;
  @Column('uuid', { name: 'conversation_id', nullable: true }) conversationId!: string | null;
  @Column('bigint', { name: 'max_cost_nanos', nullable: true }) maxCostNanos!: string | null;
  @Column('text', { name: 'idempotency_key', nullable: true }) idempotencyKey!: string | null;
  @Column('bytea', { name: 'request_hash' }) requestHash!: Buffer;
  @Column('timestamptz', { name: 'deadline_at' }) deadlineAt!: Date;
  /** Set when the minimum of answers is there: waiting ends then. */
  @Column('timestamptz', { name: 'grace_until', nullable: true }) graceUntil!: Date | null;
  /** A reopened comparison waits for every open answer, whatever the policy's minimum. */
  @Column('boolean', { name: 'wait_for_all' }) waitForAll!: boolean;
  @Column('boolean', { name: 'finish_requested' }) finishRequested!: boolean;
  @Column('timestamptz', { name: 'answering_ended_at', nullable: true }) answeringEndedAt!: Date | null;
  @Column('int', { name: 'assessment_version' }) assessmentVersion!: number;
  @Column('jsonb', { nullable: true }) summary!: Summary | null;
  @Column('jsonb', { nullable: true }) ranking!: Ranking | null;
  @Column('jsonb', { nullable: true }) synthesis!: Synthesis | null;
  @Column('jsonb', { name: 'degraded_reasons' }) degradedReasons!: string[];
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
}

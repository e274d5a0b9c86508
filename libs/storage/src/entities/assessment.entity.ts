import type { AssessmentRequest, Ranking, Step, Summary, Synthesis } from '@polyphony/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One judging of the answers as they were. A later one has a higher version; this one stays. */
@Entity('assessment')
export class AssessmentEntity {
  @PrimaryColumn('uuid', { name: 'comparison_id' }) comparisonId!: string;
  @PrimaryColumn('int') version!: number;
  @Column('jsonb') spec!: AssessmentRequest;
  /** The answers it saw, each with the attempt that wrote it. */
  @Column('jsonb') answers!: { id: string; attempt: number }[];
  @Column('text') status!: 'running' | 'completed' | 'cancelled';
  @Column('jsonb', { nullable: true }) summary!: Summary | null;
  @Column('jsonb', { nullable: true }) ranking!: Ranking | null;
  @Column('jsonb', { nullable: true }) synthesis!: Synthesis | null;
  /** The steps that failed, and why: part of what makes the comparison degraded. */
  @Column('jsonb') failures!: { step: Step; message: string }[];
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
}

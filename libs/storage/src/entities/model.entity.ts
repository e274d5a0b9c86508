import type { Failure, ModelCapabilities, ModelPrices } from '@polyphony/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A model as its provider's list gave it. */
@Entity('model')
export class ModelEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') provider!: string;
  @Column('text') name!: string;
  @Column('int', { name: 'context_window', nullable: true }) contextWindow!: number | null;
  @Column('int', { name: 'max_output_tokens', nullable: true }) maxOutputTokens!: number | null;
  @Column('jsonb', { nullable: true }) prices!: ModelPrices | null;
  @Column('jsonb') capabilities!: ModelCapabilities;
}

/** What is known of a configured provider: when its list was last asked for, and last read. */
@Entity('provider_state')
export class ProviderStateEntity {
  @PrimaryColumn('text') id!: string;
  @Column('boolean') simulated!: boolean;
  @Column('timestamptz', { name: 'discovered_at', nullable: true }) discoveredAt!: Date | null;
  @Column('timestamptz', { name: 'attempted_at', nullable: true }) attemptedAt!: Date | null;
  @Column('jsonb', { nullable: true }) error!: Failure | null;
}

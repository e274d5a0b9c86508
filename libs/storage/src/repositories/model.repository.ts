import { Injectable } from '@nestjs/common';
import type { Failure } from '@polyphony/contracts';
import { In } from 'typeorm';
import type { Tx } from '../database.js';
import { ModelEntity, ProviderStateEntity } from '../entities/model.entity.js';

@Injectable()
export class ModelRepository {
  list(tx: Tx, providers: string[]): Promise<ModelEntity[]> {
    return tx.find(ModelEntity, { where: { provider: In(providers) }, order: { id: 'ASC' } });
  }

  find(tx: Tx, ids: string[]): Promise<ModelEntity[]> {
    return tx.findBy(ModelEntity, { id: In(ids) });
  }

  states(tx: Tx, ids: string[]): Promise<ProviderStateEntity[]> {
    return tx.findBy(ProviderStateEntity, { id: In(ids) });
  }

  /** Replaces what is known of a provider's models by the list it just gave. */
  async discovered(tx: Tx, provider: string, simulated: boolean, models: Omit<ModelEntity, 'provider'>[]): Promise<void> {
    await tx.query(
      `INSERT INTO provider_state (id, simulated, discovered_at, attempted_at, error) VALUES ($1, $2, now(), now(), NULL)
       ON CONFLICT (id) DO UPDATE SET simulated = $2, discovered_at = now(), attempted_at = now(), error = NULL`,
      [provider, simulated],
    );
    await tx.delete(ModelEntity, { provider });
    for (let from = 0; from < models.length; from += 500)
      await tx.insert(ModelEntity, models.slice(from, from + 500).map((model) => ({ ...model, provider }))); // prettier-ignore
  }

  /** Records that a provider's list could not be read; what was known before stays. */
  async discoveryFailed(tx: Tx, provider: string, simulated: boolean, error: Failure): Promise<void> {
    await tx.query(
      `INSERT INTO provider_state (id, simulated, attempted_at, error) VALUES ($1, $2, now(), $3)
       ON CONFLICT (id) DO UPDATE SET simulated = $2, attempted_at = now(), error = $3`,
      [provider, simulated, JSON.stringify(error)],
    );
  }
}

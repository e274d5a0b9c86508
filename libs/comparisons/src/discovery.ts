import { Injectable } from '@nestjs/common';
import type { Failure } from '@polyphony/contracts';
import { Database, type ModelEntity, ModelRepository } from '@polyphony/storage';

/** Records what workers learned of providers' models. */
@Injectable()
export class DiscoveryRecorder {
  constructor(
    private readonly database: Database,
    private readonly models: ModelRepository,
  ) {}

  async found(provider: string, simulated: boolean, models: Omit<ModelEntity, 'provider'>[]): Promise<void> {
    await this.database.transaction((tx) => this.models.discovered(tx, provider, simulated, models));
  }

  async failed(provider: string, simulated: boolean, failure: Failure): Promise<void> {
    await this.models.discoveryFailed(this.database.direct, provider, simulated, failure);
  }
}

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryRecorder } from '@polyphony/comparisons';
import { ProviderError, Providers } from '@polyphony/providers';
import { Handles, type JobHandler } from '@polyphony/queue';

const everyMs = 600_000;
const retryMs = 15_000;
const patienceMs = 10_000;

/** Reads the model lists of the configured providers: at start, now and then, and when a request names an unlisted model. */
@Injectable()
@Handles('discover')
export class DiscoverHandler implements JobHandler<'discover'>, OnApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly providers: Providers,
    private readonly recorder: DiscoveryRecorder,
  ) {}

  async handle({ provider }: { provider: string }): Promise<void> {
    await this.discover(provider);
  }

  /** Reads every list in the background, and goes on doing so; lists that failed are tried again sooner. */
  start(onTrouble: (error: unknown) => void): void {
    const round = async (): Promise<void> => {
      const results = await Promise.all(this.providers.ids().map((id) => this.discover(id)));
      this.timer = setTimeout(() => void round().catch(onTrouble), results.every(Boolean) ? everyMs : retryMs);
    };
    void round().catch(onTrouble);
  }

  onApplicationShutdown(): void {
    if (this.timer) clearTimeout(this.timer);
  }

  private async discover(id: string): Promise<boolean> {
    const provider = this.providers.get(id);
    if (!provider) return true;
    try {
      const models = await provider.listModels(AbortSignal.timeout(patienceMs));
      await this.recorder.found(id, provider.simulated, models);
      return true;
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      await this.recorder.failed(id, provider.simulated, error.failure());
      return false;
    }
  }
}

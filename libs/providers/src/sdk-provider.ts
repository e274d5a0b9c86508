import type { ProviderConnection, TimeoutsConfig } from '@polyphony/config';
import { ModelId } from '@polyphony/contracts';
import { CallStream } from './call-stream.js';
import { classify, DeclaredFailureError, type DeclaredFailure } from './classify.js';
import type { Decoder, Dialect, Opened } from './dialect.js';
import { ProviderError, type FailureFacts } from './provider-error.js';
import type { CallRequest, DiscoveredModel, ModelProvider, StreamPart } from './provider.port.js';
import { redactor, type Redact } from './redact.js';
import { classifyThrown } from './transport-failure.js';
import { longestTimerMs } from './watchdog.js';

/**
 * A provider reached through its official SDK. The SDK is imported when the connection is first used. Its own retries are
 * off and its own timeout lies beyond ours: attempts belong to the queue, time to the watchdog.
 */
export abstract class SdkProvider<Sdk, Client, Event> implements ModelProvider, Dialect<Event> {
  readonly id: string;
  readonly connection: string;
  readonly simulated: boolean;
  protected readonly apiKey: string;
  protected readonly baseUrl: string | undefined;
  protected readonly sdkTimeoutMs: number;
  protected sdk: Sdk | undefined;
  private readonly redact: Redact;
  private loading: Promise<{ client: Client }> | undefined;

  constructor(
    connection: ProviderConnection,
    private readonly timeouts: TimeoutsConfig,
  ) {
    this.id = this.connection = connection.id;
    this.simulated = connection.simulated;
    this.apiKey = connection.apiKey;
    this.baseUrl = connection.baseUrl;
    this.sdkTimeoutMs = Math.min(timeouts.totalMs + 60_000, longestTimerMs);
    this.redact = redactor(connection.apiKey);
  }

  protected abstract load(): Promise<Sdk>;
  protected abstract connect(sdk: Sdk): Client;
  protected abstract discover(signal: AbortSignal): Promise<DiscoveredModel[]>;
  abstract open(request: CallRequest, signal: AbortSignal): Promise<Opened<Event>>;
  abstract decoder(): Decoder<Event>;
  abstract declared(error: unknown): DeclaredFailure | null;

  ready(): Promise<{ client: Client }> {
    return (this.loading ??= this.load().then((sdk) => {
      this.sdk = sdk;
      return { client: this.connect(sdk) };
    }));
  }

  stream(request: CallRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    return new CallStream({ dialect: this, timeouts: this.timeouts, redact: this.redact }, request, signal);
  }

  async listModels(signal: AbortSignal): Promise<DiscoveredModel[]> {
    await this.ready();
    const limit = AbortSignal.timeout(this.timeouts.firstTokenMs);
    try {
      const models = await this.discover(AbortSignal.any([signal, limit]));
      return models.filter(({ id }) => ModelId.safeParse(id).success);
    } catch (error) {
      throw new ProviderError(this.explainDiscovery(error, signal, limit));
    }
  }

  private explainDiscovery(error: unknown, caller: AbortSignal, limit: AbortSignal): FailureFacts {
    if (caller.aborted) return { kind: 'cancelled', message: 'The list of models was no longer wanted.', billing: 'none' };
    if (limit.aborted)
      return {
        kind: 'timeout',
        message: `${this.id} did not list its models within ${this.timeouts.firstTokenMs} ms.`,
        billing: 'none',
      };
    const subject = { connection: this.id, model: 'the list of models' };
    const declared = error instanceof DeclaredFailureError ? error.declared : this.declared(error);
    return {
      ...(declared ? classify(declared, subject, this.redact) : classifyThrown(error, subject, this.redact)),
      billing: 'none',
    };
  }
}

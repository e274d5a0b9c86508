import type { OpenAI } from 'openai';
import { isRecord, readErrorBody, type DeclaredFailure } from '../classify.js';
import type { DiscoveredModel } from '../provider.port.js';
import { SdkProvider } from '../sdk-provider.js';
import { readModel } from './openai-model-list.js';

type Sdk = typeof import('openai');

/** What the two wire formats of the OpenAI SDK have in common. */
export abstract class OpenAiSdkProvider<Event> extends SdkProvider<Sdk, OpenAI, Event> {
  protected load(): Promise<Sdk> {
    return import('openai');
  }

  protected connect(sdk: Sdk): OpenAI {
    return new sdk.OpenAI({
      // Servers on one's own machine often need no key, but the SDK insists on one.
      apiKey: this.apiKey || 'none',
      baseURL: this.baseUrl ?? 'https://api.openai.com/v1',
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      maxRetries: 0,
      timeout: this.sdkTimeoutMs,
      logLevel: 'off',
    });
  }

  declared(error: unknown): DeclaredFailure | null {
    const { sdk } = this;
    if (
      !sdk ||
      !(error instanceof sdk.APIError) ||
      error instanceof sdk.APIConnectionError ||
      error instanceof sdk.APIUserAbortError
    )
      return null;
    const { status = null, headers = null } = error;
    return readErrorBody(error.error, status, headers) ?? { status, codes: [], message: null, headers };
  }

  /** Whether a listed model can answer a question in text. */
  protected abstract suits(model: { id: string }): boolean;

  protected async discover(signal: AbortSignal): Promise<DiscoveredModel[]> {
    const { client } = await this.ready();
    // The SDK's own page turns whatever it does not understand, a web page included, into an empty list.
    const response = await client.models.list({ signal }).asResponse();
    const body: unknown = await response.json();
    const listed = isRecord(body) ? body['data'] : undefined;
    if (!Array.isArray(listed)) throw new SyntaxError('the reply is not a list of models');
    return listed.filter((model) => isListed(model) && this.suits(model)).map((model) => readModel(this.id, model));
  }
}

function isListed(model: unknown): model is { id: string } {
  return isRecord(model) && typeof model['id'] === 'string';
}

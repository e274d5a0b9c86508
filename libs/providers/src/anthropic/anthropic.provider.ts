import type { Anthropic } from '@anthropic-ai/sdk';
import type { MessageCreateParamsStreaming, MessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import type { ModelInfo } from '@anthropic-ai/sdk/resources/models';
import { parseModelId, type ReasoningEffort } from '@polyphony/contracts';
import { readErrorBody, type DeclaredFailure } from '../classify.js';
import type { Opened } from '../dialect.js';
import type { CallRequest, DiscoveredModel } from '../provider.port.js';
import { SdkProvider } from '../sdk-provider.js';
import { tokenCount } from '../token-count.js';
import { AnthropicDecoder } from './anthropic.decoder.js';

const efforts: Record<ReasoningEffort, 'low' | 'medium' | 'high' | undefined> = {
  none: undefined,
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
};

type Sdk = typeof import('@anthropic-ai/sdk');

/** Anthropic Messages. The API has no sampling parameters any more (2026-10-21), so `temperature` is never sent. */
export class AnthropicProvider extends SdkProvider<Sdk, Anthropic, MessageStreamEvent> {
  protected load(): Promise<Sdk> {
    return import('@anthropic-ai/sdk');
  }

  protected connect(sdk: Sdk): Anthropic {
    return new sdk.Anthropic({
      // An empty key would make the SDK look for credentials elsewhere, or send a header without one.
      apiKey: this.apiKey || 'none',
      baseURL: this.baseUrl ?? 'https://api.anthropic.com',
      webhookKey: null,
      maxRetries: 0,
      timeout: this.sdkTimeoutMs,
      logLevel: 'off',
      openTelemetry: false,
    });
  }

  async open(request: CallRequest, signal: AbortSignal): Promise<Opened<MessageStreamEvent>> {
    const { client } = await this.ready();
    const { data, response } = await client.messages.create(anthropicBody(request), { signal }).withResponse();
    return { events: data, response };
  }

  decoder(): AnthropicDecoder {
    return new AnthropicDecoder();
  }

  declared(error: unknown): DeclaredFailure | null {
    const sdk = this.sdk;
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

  protected async discover(signal: AbortSignal): Promise<DiscoveredModel[]> {
    const { client } = await this.ready();
    const models: DiscoveredModel[] = [];
    for await (const model of client.models.list({ limit: 1000 }, { signal }))
      if (model.lifecycle !== 'retired') models.push(this.discovered(model));
    return models;
  }

  private discovered({ id, display_name, max_input_tokens, max_tokens, capabilities }: ModelInfo): DiscoveredModel {
    return {
      id: `${this.id}/${id}`,
      name: display_name || id,
      contextWindow: tokenCount(max_input_tokens),
      maxOutputTokens: tokenCount(max_tokens),
      capabilities: {
        temperature: false,
        reasoningEffort: capabilities?.effort?.supported ?? null,
        structuredOutput: capabilities?.structured_outputs?.supported ?? null,
        images: capabilities?.image_input?.supported ?? null,
      },
      prices: null,
    };
  }
}

/** The body of `POST /v1/messages` for a call. */
export function anthropicBody(request: CallRequest): MessageCreateParamsStreaming {
  const effort = request.reasoningEffort && efforts[request.reasoningEffort];
  const format = request.json && { type: 'json_schema' as const, schema: request.json.schema };
  return {
    model: parseModelId(request.model).model,
    max_tokens: request.maxOutputTokens,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    ...(request.system && { system: request.system }),
    ...((effort || format) && { output_config: { ...(effort && { effort }), ...(format && { format }) } }),
  };
}

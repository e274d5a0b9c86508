import type { ProviderConnection, ProvidersConfig, TimeoutsConfig } from '@polyphony/config';
import { parseModelId } from '@polyphony/contracts';
import { AnthropicProvider } from './anthropic/anthropic.provider.js';
import { ChatProvider } from './openai/chat.provider.js';
import { ResponsesProvider } from './openai/responses.provider.js';
import { ProviderError } from './provider-error.js';
import type { CallRequest, ModelProvider, StreamPart } from './provider.port.js';

/** All configured connections, by their ids. One attempt per call, watchdogs included, no retry inside. */
export class Providers {
  private readonly providers = new Map<string, ModelProvider>();

  /** Throws an Error that names the connection when one cannot be used as configured. */
  constructor(settings: ProvidersConfig) {
    for (const connection of settings.connections) {
      if (this.providers.has(connection.id))
        throw new Error(`There are two provider connections with the id "${connection.id}". Rename one.`);
      this.providers.set(connection.id, provide(connection, settings.timeouts));
    }
  }

  ids(): string[] {
    return [...this.providers.keys()];
  }

  get(provider: string): ModelProvider | undefined {
    return this.providers.get(provider);
  }

  /** Calls the model's provider; a provider that is not configured fails the stream with `notFound`. */
  call(request: CallRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    const { provider } = parseModelId(request.model);
    return this.providers.get(provider)?.stream(request, signal) ?? unknownProvider(provider);
  }
}

function provide(connection: ProviderConnection, timeouts: TimeoutsConfig): ModelProvider {
  switch (connection.kind) {
    case 'anthropic':
      return new AnthropicProvider(connection, timeouts);
    case 'openai':
      return new ResponsesProvider(connection, timeouts);
    case 'openaiCompatible':
      if (!connection.baseUrl)
        throw new Error(`The provider connection "${connection.id}" of kind openaiCompatible needs a baseUrl.`);
      return new ChatProvider(connection, timeouts);
    case 'gemini':
      throw new Error(
        `The provider connection "${connection.id}" is of kind gemini, which is not supported yet. Remove it, or reach the models through an OpenAI-compatible endpoint.`,
      );
  }
}

function unknownProvider(provider: string): AsyncIterable<StreamPart> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        Promise.reject(
          new ProviderError({
            kind: 'notFound',
            message: `No provider "${provider}" is configured. Choose a model of one that is.`,
            billing: 'none',
          }),
        ),
    }),
  };
}

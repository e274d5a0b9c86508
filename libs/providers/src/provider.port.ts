import type {
  FinishReason,
  Message,
  ModelCapabilities,
  ModelId,
  ModelPrices,
  ProviderMetadata,
  ReasoningEffort,
  Usage,
} from '@polyphony/contracts';

/** One call to one model. */
export interface CallRequest {
  model: ModelId;
  messages: Message[];
  system?: string;
  /** Sent only where the model's API accepts sampling parameters. */
  temperature?: number;
  maxOutputTokens: number;
  /** Translated to the provider's own scale, or left out where there is none. */
  reasoningEffort?: ReasoningEffort;
  /** Asks for JSON that matches this JSON Schema; `name` labels it for providers that want a label. */
  json?: { name: string; schema: Record<string, unknown> };
}

export type StreamPart =
  /** A piece of the answer, never empty. All pieces joined are the answer. */
  | { type: 'text'; text: string }
  /** What the provider says was used so far: cumulative, and not the last word. */
  | { type: 'usage'; usage: Usage }
  /** Exactly once, last, and only when the provider said that the answer is complete. `usage` null: not reported. */
  | { type: 'end'; finishReason: FinishReason; usage: Usage | null; provider: ProviderMetadata };

/** A model as its provider lists it. Null means the list does not say. */
export interface DiscoveredModel {
  id: ModelId;
  name: string;
  contextWindow: number | null;
  maxOutputTokens: number | null;
  capabilities: ModelCapabilities;
  prices: ModelPrices | null;
}

/** One configured connection. Throws only ProviderError. */
export interface ModelProvider {
  /** The provider part of ModelIds. */
  readonly id: string;
  /** Its answers are made up by the simulator. */
  readonly simulated: boolean;
  /**
   * One attempt, supervised by the watchdogs, never retried inside. Nothing is sent before the first `next()`.
   * Aborting `signal` or calling the iterator's `return()` closes the upstream socket at once, even while a `next()` is pending.
   */
  stream(request: CallRequest, signal: AbortSignal): AsyncIterable<StreamPart>;
  /** What the provider lists now, without models that cannot answer a question in text. */
  listModels(signal: AbortSignal): Promise<DiscoveredModel[]>;
}

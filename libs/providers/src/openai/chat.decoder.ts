import type { FinishReason, Usage } from '@polyphony/contracts';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import { DeclaredFailureError, isRecord } from '../classify.js';
import type { Decoder, StreamIdentity } from '../dialect.js';
import type { StreamPart } from '../provider.port.js';
import { tokenCount } from '../token-count.js';

const finishReasons: Record<string, FinishReason> = {
  stop: 'stop',
  eos: 'stop',
  length: 'length',
  content_filter: 'contentFilter',
  tool_calls: 'toolUse',
  function_call: 'toolUse',
};
/** Finish reasons that are failures: OpenRouter's and DeepSeek's. */
const failures: Record<string, string> = { error: 'server_error', insufficient_system_resource: 'server_is_overloaded' };

/**
 * Chat Completions as OpenAI and those who follow it speak it. The answer is complete at a `finish_reason`; usage comes
 * after it, in a chunk without choices, or nowhere.
 */
export class ChatDecoder implements Decoder<ChatCompletionChunk> {
  state: 'open' | 'answered' = 'open';
  finishReason: FinishReason = 'unknown';
  usage: Usage | null = null;
  readonly identity: StreamIdentity = { responseId: null, conversationId: null, model: null };
  private refused = false;

  take(chunk: ChatCompletionChunk): StreamPart | 'progress' | undefined {
    if (!chunk) return undefined;
    if (this.identity.responseId === null) this.identify(chunk);
    if (chunk.usage) this.report(chunk.usage);
    const choice = chunk.choices?.[0];
    if (!choice) return undefined;
    if (choice.finish_reason) this.stopped(choice.finish_reason, choice);
    const { delta } = choice;
    if (!delta) return undefined;
    if (delta.content) return { type: 'text', text: delta.content };
    if (delta.refusal) {
      this.refused = true;
      return { type: 'text', text: delta.refusal };
    }
    return works(delta) ? 'progress' : undefined;
  }

  private identify(chunk: ChatCompletionChunk): void {
    // Azure's first chunk, about the prompt filter, comes with empty strings.
    this.identity.responseId = chunk.id || null;
    this.identity.model = chunk.model || this.identity.model;
    const { provider } = chunk as { provider?: unknown };
    if (typeof provider === 'string') this.identity['upstream'] = provider;
  }

  private stopped(reason: string, choice: object): void {
    const failure = failures[reason];
    if (failure !== undefined)
      throw new DeclaredFailureError({ status: null, codes: [failure], message: `finish_reason ${reason}`, headers: null });
    // Some servers repeat the finish chunk; the first word stands.
    if (this.state === 'answered') return;
    this.state = 'answered';
    this.finishReason = this.refused ? 'refusal' : (finishReasons[reason] ?? 'unknown');
    const { native_finish_reason: native } = choice as { native_finish_reason?: unknown };
    this.identity['stopReason'] = typeof native === 'string' ? native : reason;
  }

  private report(usage: NonNullable<ChatCompletionChunk['usage']>): void {
    const { cost, prompt_cache_hit_tokens: hits } = usage as { cost?: unknown; prompt_cache_hit_tokens?: unknown };
    this.usage = {
      inputTokens: tokenCount(usage.prompt_tokens),
      outputTokens: tokenCount(usage.completion_tokens),
      cachedInputTokens: tokenCount(usage.prompt_tokens_details?.cached_tokens) ?? tokenCount(hits),
      cacheWriteTokens: tokenCount(usage.prompt_tokens_details?.cache_write_tokens),
      reasoningTokens: tokenCount(usage.completion_tokens_details?.reasoning_tokens),
    };
    // OpenRouter states in USD what the call cost, which no table knows better.
    if (typeof cost === 'number' && cost >= 0) this.identity['costUsd'] = cost;
  }
}

/** Reasoning and tool calls are work without text: `reasoning_content` (DeepSeek, vLLM), `reasoning` (OpenRouter). */
function works(delta: object): boolean {
  const { reasoning_content, reasoning, reasoning_details, tool_calls } = delta as Record<string, unknown>;
  return Boolean(reasoning_content || reasoning || isRecord(reasoning_details) || [reasoning_details, tool_calls].some(isFilled));
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

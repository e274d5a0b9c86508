import type { MessageStreamEvent, RawMessageDeltaEvent } from '@anthropic-ai/sdk/resources/messages';
import type { FinishReason, Usage } from '@polyphony/contracts';
import type { Decoder, StreamIdentity } from '../dialect.js';
import type { StreamPart } from '../provider.port.js';
import { tokenCount } from '../token-count.js';

const finishReasons: Record<string, FinishReason> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'refusal',
  tool_use: 'toolUse',
  pause_turn: 'toolUse',
};

type Counts = Partial<
  Record<'input_tokens' | 'output_tokens' | 'cache_read_input_tokens' | 'cache_creation_input_tokens', unknown>
> & {
  output_tokens_details?: { thinking_tokens?: unknown } | null;
};

/** Anthropic Messages, API version 2026-10-21. Complete at `message_stop`. */
export class AnthropicDecoder implements Decoder<MessageStreamEvent> {
  state: 'open' | 'closed' = 'open';
  finishReason: FinishReason = 'unknown';
  readonly identity: StreamIdentity = { responseId: null, conversationId: null, model: null };
  private counts: Counts | null = null;

  /** `input_tokens` leaves out what was read from and written to the cache: our meaning includes both. */
  get usage(): Usage | null {
    if (this.counts === null) return null;
    const cached = tokenCount(this.counts.cache_read_input_tokens);
    const written = tokenCount(this.counts.cache_creation_input_tokens);
    const fresh = tokenCount(this.counts.input_tokens);
    return {
      inputTokens: fresh === null ? null : fresh + (cached ?? 0) + (written ?? 0),
      outputTokens: tokenCount(this.counts.output_tokens),
      cachedInputTokens: cached,
      cacheWriteTokens: written,
      reasoningTokens: tokenCount(this.counts.output_tokens_details?.thinking_tokens),
    };
  }

  take(event: MessageStreamEvent): StreamPart | 'progress' | undefined {
    switch (event?.type) {
      case 'content_block_delta': {
        const { delta } = event;
        if (delta?.type === 'text_delta') return delta.text ? { type: 'text', text: delta.text } : undefined;
        return delta ? 'progress' : undefined;
      }
      case 'content_block_start': {
        // Servers that imitate the API put a first piece of text here.
        const block = event.content_block;
        return block?.type === 'text' && block.text ? { type: 'text', text: block.text } : undefined;
      }
      case 'message_start':
        this.identity.responseId = event.message?.id ?? null;
        this.identity.model = event.message?.model ?? null;
        return this.report(event.message?.usage);
      case 'message_delta':
        this.stopped(event);
        return this.report(event.usage);
      case 'message_stop':
        this.state = 'closed';
        return undefined;
      default:
        return undefined;
    }
  }

  private stopped(event: RawMessageDeltaEvent): void {
    const reason = event.delta?.stop_reason;
    if (!reason) return;
    this.finishReason = finishReasons[reason] ?? 'unknown';
    this.identity['stopReason'] = reason;
    const category = event.delta.stop_details?.category;
    if (category) this.identity['stopCategory'] = category;
  }

  /** Later counts are cumulative and replace earlier ones; what they leave out stays. */
  private report(counts: Counts | null | undefined): StreamPart | undefined {
    if (!counts) return undefined;
    const reported = Object.entries(counts).filter(([, value]) => value !== null && value !== undefined);
    this.counts = { ...this.counts, ...Object.fromEntries(reported) };
    const { usage } = this;
    return usage === null ? undefined : { type: 'usage', usage };
  }
}

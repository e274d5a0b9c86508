import type { FinishReason, Usage } from '@polyphony/contracts';
import type { Response as OpenAiResponse, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { DeclaredFailureError, readErrorBody } from '../classify.js';
import type { Decoder, StreamIdentity } from '../dialect.js';
import type { StreamPart } from '../provider.port.js';
import { tokenCount } from '../token-count.js';

/** OpenAI Responses. Complete at `response.completed` or `response.incomplete`; `response.failed` is not thrown by the SDK. */
export class ResponsesDecoder implements Decoder<ResponseStreamEvent> {
  state: 'open' | 'closed' = 'open';
  finishReason: FinishReason = 'unknown';
  usage: Usage | null = null;
  readonly identity: StreamIdentity = { responseId: null, conversationId: null, model: null };
  private refused = false;
  private silent = true;

  take(event: ResponseStreamEvent): StreamPart | 'progress' | undefined {
    switch (event?.type) {
      case 'response.output_text.delta':
        return this.text(event.delta);
      case 'response.refusal.delta':
        this.refused = true;
        return this.text(event.delta);
      case 'response.reasoning_text.delta':
      case 'response.reasoning_summary_text.delta':
      case 'response.function_call_arguments.delta':
        return 'progress';
      case 'response.created':
      case 'response.in_progress':
        this.identify(event.response);
        return undefined;
      case 'response.completed':
      case 'response.incomplete':
        return this.complete(event.response);
      case 'response.failed':
        this.identify(event.response);
        throw this.failed(event.response?.error);
      case 'error':
        throw this.failed(event);
      default:
        return undefined;
    }
  }

  private text(delta: unknown): StreamPart | undefined {
    if (typeof delta !== 'string' || delta === '') return undefined;
    this.silent = false;
    return { type: 'text', text: delta };
  }

  private failed(error: unknown): DeclaredFailureError {
    return new DeclaredFailureError(
      readErrorBody(error, null, null) ?? { status: null, codes: ['server_error'], message: null, headers: null },
    );
  }

  private identify(response: OpenAiResponse | undefined): void {
    if (!response) return;
    this.identity.responseId = response.id ?? this.identity.responseId;
    this.identity.conversationId = response.conversation?.id ?? null;
    this.identity.model = response.model ?? this.identity.model;
    if (response.usage) this.usage = readUsage(response.usage);
  }

  private complete(response: OpenAiResponse): StreamPart | undefined {
    this.identify(response);
    this.state = 'closed';
    const parts = (Array.isArray(response?.output) ? response.output : []).flatMap((item) =>
      item?.type === 'message' ? (item.content ?? []) : [],
    );
    this.finishReason = this.reason(response, parts);
    this.identity['stopReason'] = response?.incomplete_details?.reason ?? response?.status ?? null;
    // Servers that imitate the API may send the text only here.
    return this.silent
      ? this.text(parts.map((part) => (part?.type === 'output_text' ? part.text : (part?.refusal ?? ''))).join(''))
      : undefined;
  }

  private reason(response: OpenAiResponse | undefined, parts: readonly { type: string }[]): FinishReason {
    const why = response?.incomplete_details?.reason;
    if (why === 'max_output_tokens') return 'length';
    if (why === 'content_filter') return 'contentFilter';
    if (this.refused || parts.some((part) => part?.type === 'refusal')) return 'refusal';
    if (response?.status === 'incomplete') return 'unknown';
    return response?.output?.some((item) => item?.type === 'function_call') ? 'toolUse' : 'stop';
  }
}

function readUsage(usage: NonNullable<OpenAiResponse['usage']>): Usage {
  return {
    inputTokens: tokenCount(usage.input_tokens),
    outputTokens: tokenCount(usage.output_tokens),
    cachedInputTokens: tokenCount(usage.input_tokens_details?.cached_tokens),
    cacheWriteTokens: tokenCount(usage.input_tokens_details?.cache_write_tokens),
    reasoningTokens: tokenCount(usage.output_tokens_details?.reasoning_tokens),
  };
}

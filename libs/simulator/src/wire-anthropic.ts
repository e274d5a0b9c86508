import { errorBody } from './provider-error.js';
import { newId } from './wire.js';
import type { Wire, WireFacts } from './wire.js';

const stopReasons = { stop: 'end_turn', length: 'max_tokens', filter: 'refusal', refusal: 'refusal' } as const;

const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

/** Anthropic Messages. It has no content filter of its own name: what a filter stops ends as a refusal with a category. */
export function anthropicWire({ call, finish, usage, requestId }: WireFacts): Wire {
  const id = newId('msg');
  const stopReason = stopReasons[finish];
  const stopDetails =
    stopReason === 'refusal'
      ? {
          type: 'refusal',
          category: finish === 'filter' ? 'general_harms' : null,
          explanation: finish === 'filter' ? 'Stopped by a simulated safety filter.' : null,
        }
      : null;
  const usageOf = (outputTokens: number): object => ({
    input_tokens: call.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { thinking_tokens: 0 },
    server_tool_use: null,
    service_tier: 'standard',
    inference_geo: 'global',
    speed: 'standard',
  });
  const message = (content: object[], outputTokens: number, ended: boolean): object => ({
    id,
    type: 'message',
    role: 'assistant',
    model: call.model.full,
    container: null,
    content,
    diagnostics: null,
    stop_reason: ended ? stopReason : null,
    stop_sequence: null,
    stop_details: ended ? stopDetails : null,
    ...(usage && { usage: usageOf(outputTokens) }),
  });
  const deltaHead =
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":';
  const ping = 'event: ping\ndata: {"type": "ping"}\n\n';
  const failure = (): string => `event: error\ndata: ${errorBody('anthropic', { status: 529, requestId })}\n\n`;
  return {
    opening: () =>
      event('message_start', { message: message([], 1, false) }) +
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
      ping,
    delta: (_index, text) => `${deltaHead}${JSON.stringify(text)}}}\n\n`,
    closing: (_text, outputTokens) => {
      const {
        input_tokens,
        cache_creation_input_tokens,
        cache_read_input_tokens,
        output_tokens,
        output_tokens_details,
        server_tool_use,
      } = usageOf(outputTokens) as Record<string, unknown>;
      return (
        event('content_block_stop', { index: 0 }) +
        event('message_delta', {
          delta: { container: null, stop_reason: stopReason, stop_sequence: null, stop_details: stopDetails },
          ...(usage && {
            usage: {
              input_tokens,
              cache_creation_input_tokens,
              cache_read_input_tokens,
              output_tokens,
              output_tokens_details,
              server_tool_use,
            },
          }),
        }) +
        event('message_stop', {})
      );
    },
    midError: failure,
    failed: failure,
    keepAlive: () => ping,
    garbage: () => `${deltaHead}"cut o\n\n`,
    body: (text, outputTokens) => JSON.stringify(message([{ type: 'text', text }], outputTokens, true)),
  };
}

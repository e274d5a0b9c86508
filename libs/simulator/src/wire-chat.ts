import { errorBody } from './provider-error.js';
import { newId } from './wire.js';
import type { Wire, WireFacts } from './wire.js';

const finishReasons = { stop: 'stop', length: 'length', filter: 'content_filter', refusal: 'stop' } as const;

/** OpenAI Chat Completions, as OpenAI and every compatible server speak it. */
export function chatWire({ call, finish, usage, requestId }: WireFacts): Wire {
  const id = newId('chatcmpl').replace('_', '-');
  const created = Math.floor(Date.now() / 1000);
  const shared = `"created":${created},"model":${JSON.stringify(call.model.full)},"service_tier":"default","system_fingerprint":"fp_simulated"`;
  const withUsage = usage && call.includeUsage;
  const head = `data: {"id":"${id}","object":"chat.completion.chunk",${shared},"choices":[{"index":0,"delta":`;
  const tail = `,"logprobs":null,"finish_reason":null}]${withUsage ? ',"usage":null' : ''}}\n\n`;
  const member = finish === 'refusal' ? 'refusal' : 'content';
  const deltaHead = `${head}{"${member}":`;
  const deltaTail = `}${tail}`;
  const usageOf = (outputTokens: number): string =>
    JSON.stringify({
      prompt_tokens: call.inputTokens,
      completion_tokens: outputTokens,
      total_tokens: call.inputTokens + outputTokens,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    });
  const failure = (): string => `data: ${errorBody('chat', { status: 500, requestId })}\n\ndata: [DONE]\n\n`;
  return {
    opening: () => `${head}{"role":"assistant","content":${finish === 'refusal' ? 'null' : '""'},"refusal":null}${tail}`,
    delta: (_index, text) => deltaHead + JSON.stringify(text) + deltaTail,
    closing: (_text, outputTokens) => {
      const last = `${head}{},"logprobs":null,"finish_reason":"${finishReasons[finish]}"}]${withUsage ? ',"usage":null' : ''}}\n\n`;
      const usageChunk = withUsage
        ? `data: {"id":"${id}","object":"chat.completion.chunk",${shared},"choices":[],"usage":${usageOf(outputTokens)}}\n\n`
        : '';
      return `${last}${usageChunk}data: [DONE]\n\n`;
    },
    midError: failure,
    failed: failure,
    keepAlive: () => ': keep-alive\n\n',
    garbage: () => `${head}{"content":"cut o\n\n`,
    body: (text, outputTokens) => {
      const message = finish === 'refusal' ? { content: null, refusal: text } : { content: text, refusal: null };
      const choice = {
        index: 0,
        message: { role: 'assistant', ...message, annotations: [] },
        logprobs: null,
        finish_reason: finishReasons[finish],
      };
      return `{"id":"${id}","object":"chat.completion",${shared},"choices":[${JSON.stringify(choice)}]${usage ? `,"usage":${usageOf(outputTokens)}` : ''}}`;
    },
  };
}

/** Streams as the three wire formats write them, in their providers' own order of events. */
export interface Wire {
  kind: 'anthropic' | 'openai' | 'openaiCompatible';
  /** What the connection's base URL has after the server's address. */
  base: string;
  /** Everything before the first text. */
  opening: string;
  delta(text: string): string;
  /** The terminal marker and what surrounds it. */
  ending: string;
  /** The same ending without usage. */
  endingWithoutUsage: string;
  /** An error in mid-stream. */
  failure: string;
  /** A sign of life without content. */
  keepAlive: string;
  /** An event that is not JSON. */
  garbage: string;
  /** An error body for a status, as this provider writes it. */
  error(code: string, message: string): string;
}

const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const data = (body: object): string => `data: ${JSON.stringify(body)}\n\n`;

const anthropicStop = (usage: object): string =>
  event('content_block_stop', { index: 0 }) +
  event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, ...usage }) +
  event('message_stop', {});

export const anthropic: Wire = {
  kind: 'anthropic',
  base: '',
  opening:
    event('message_start', {
      message: {
        id: 'msg_01',
        type: 'message',
        role: 'assistant',
        model: 'some-model-20261021',
        content: [],
        stop_reason: null,
        usage: { input_tokens: 20, cache_read_input_tokens: 70, cache_creation_input_tokens: 10, output_tokens: 1 },
      },
    }) +
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
    event('ping', {}),
  delta: (text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  ending: anthropicStop({ usage: { output_tokens: 42, output_tokens_details: { thinking_tokens: 12 } } }),
  endingWithoutUsage: anthropicStop({}),
  failure: `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_9' })}\n\n`,
  keepAlive: event('ping', {}),
  garbage: 'event: content_block_delta\ndata: {"type": "content_block_del\n\n',
  error: (code, message) => JSON.stringify({ type: 'error', error: { type: code, message }, request_id: 'req_1' }),
};

const response = (status: string, more: object): object => ({
  response: { id: 'resp_01', object: 'response', model: 'some-model-2026-11-01', status, output: [], ...more },
});
const output = [{ type: 'message', id: 'item_1', role: 'assistant', status: 'completed', content: [] }];
const responsesUsage = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 70, cache_write_tokens: 10 },
  output_tokens: 42,
  output_tokens_details: { reasoning_tokens: 12 },
  total_tokens: 142,
};

export const responses: Wire = {
  kind: 'openai',
  base: '/v1',
  opening:
    event('response.created', response('in_progress', {})) +
    event('response.in_progress', response('in_progress', {})) +
    event('response.output_item.added', { output_index: 0, item: { id: 'item_1', type: 'message', content: [] } }),
  delta: (text) => event('response.output_text.delta', { item_id: 'item_1', output_index: 0, content_index: 0, delta: text }),
  ending: event('response.completed', response('completed', { output, usage: responsesUsage })),
  endingWithoutUsage: event('response.completed', response('completed', { output })),
  failure: event('response.failed', response('failed', { error: { code: 'server_error', message: 'The model failed.' } })),
  keepAlive: ': keep-alive\n\n',
  garbage: 'event: response.output_text.delta\ndata: {"type": "response.out\n\n',
  error: (code, message) => JSON.stringify({ error: { message, type: code, param: null, code } }),
};

const chunk = (more: object): string =>
  data({ id: 'chatcmpl-01', object: 'chat.completion.chunk', model: 'some-model-q4', ...more });
const finish = chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });

export const chat: Wire = {
  kind: 'openaiCompatible',
  base: '/v1',
  opening: chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] }),
  delta: (content) => chunk({ choices: [{ index: 0, delta: { content }, finish_reason: null }] }),
  ending:
    finish +
    chunk({
      choices: [],
      usage: {
        prompt_tokens: 100,
        prompt_tokens_details: { cached_tokens: 70, cache_write_tokens: 10 },
        completion_tokens: 42,
        completion_tokens_details: { reasoning_tokens: 12 },
        total_tokens: 142,
      },
    }) +
    'data: [DONE]\n\n',
  endingWithoutUsage: finish + 'data: [DONE]\n\n',
  failure: data({ error: { message: 'Upstream failed.', code: 502, type: 'server_error' } }),
  keepAlive: ': OPENROUTER PROCESSING\n\n',
  garbage: 'data: {"id": "chatcmpl-01", "choi\n\n',
  error: (code, message) => JSON.stringify({ error: { message, type: code, param: null, code } }),
};

export const wires: readonly Wire[] = [anthropic, responses, chat];

import { newId } from './wire.js';
import type { Wire, WireFacts } from './wire.js';

/** The events that come before the first delta: created, in_progress, output_item.added, content_part.added. */
const openingEvents = 4;

/** OpenAI Responses. */
export function responsesWire({ call, finish, usage, requestId }: WireFacts): Wire {
  const id = newId('resp');
  const itemId = newId('msg');
  const created = Math.floor(Date.now() / 1000);
  const refusing = finish === 'refusal';
  const family = refusing ? 'response.refusal' : 'response.output_text';
  let sequence = openingEvents;

  const event = (type: string, data: object, number = sequence++): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number, ...data })}\n\n`;
  const part = (text: string): object =>
    refusing ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations: [], logprobs: [] };
  const itemStatus = finish === 'length' || finish === 'filter' ? 'incomplete' : 'completed';
  const item = (status: string, content: object[]): object => ({
    id: itemId,
    type: 'message',
    status,
    role: 'assistant',
    phase: 'final_answer',
    content,
  });
  const response = (status: string, output: object[], outputTokens: number | null): object => ({
    id,
    object: 'response',
    created_at: created,
    status,
    background: false,
    completed_at: status === 'completed' ? Math.floor(Date.now() / 1000) : null,
    error: status === 'failed' ? { code: 'server_error', message: 'The simulated model failed while it was answering.' } : null,
    incomplete_details: status === 'incomplete' ? { reason: finish === 'filter' ? 'content_filter' : 'max_output_tokens' } : null,
    instructions: call.body['instructions'] ?? null,
    max_output_tokens: Number.isFinite(call.maxTokens) ? call.maxTokens : null,
    metadata: call.body['metadata'] ?? {},
    model: call.model.full,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: 'default',
    store: call.body['store'] ?? true,
    temperature: 1,
    text: call.body['text'] ?? { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage:
      usage && outputTokens !== null
        ? {
            input_tokens: call.inputTokens,
            input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
            output_tokens: outputTokens,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: call.inputTokens + outputTokens,
          }
        : null,
  });
  const finalStatus = itemStatus;
  const deltaHead = `event: ${family}.delta\ndata: {"type":"${family}.delta","sequence_number":`;
  const deltaMiddle = `,"item_id":"${itemId}","output_index":0,"content_index":0,"delta":`;
  const deltaTail = refusing ? '}\n\n' : ',"logprobs":[]}\n\n';
  const place = { item_id: itemId, output_index: 0, content_index: 0 };
  return {
    opening: () =>
      event('response.created', { response: response('in_progress', [], null) }, 0) +
      event('response.in_progress', { response: response('in_progress', [], null) }, 1) +
      event('response.output_item.added', { output_index: 0, item: item('in_progress', []) }, 2) +
      event('response.content_part.added', { ...place, part: part('') }, 3),
    delta: (_index, text) => deltaHead + sequence++ + deltaMiddle + JSON.stringify(text) + deltaTail,
    closing: (text, outputTokens) => {
      const done = item(itemStatus, [part(text)]);
      return (
        event(`${family}.done`, refusing ? { ...place, refusal: text } : { ...place, text, logprobs: [] }) +
        event('response.content_part.done', { ...place, part: part(text) }) +
        event('response.output_item.done', { output_index: 0, item: done }) +
        event(`response.${finalStatus}`, { response: response(finalStatus, [done], outputTokens) })
      );
    },
    midError: () =>
      event('error', {
        code: 'server_error',
        message: `The simulated provider failed in mid-stream (${requestId}).`,
        param: null,
      }),
    failed: (text) => event('response.failed', { response: response('failed', [item('incomplete', [part(text)])], null) }),
    keepAlive: () => ': keep-alive\n\n',
    garbage: () => `${deltaHead}${sequence++}${deltaMiddle}"cut o\n\n`,
    body: (text, outputTokens, failed) =>
      failed
        ? JSON.stringify(response('failed', [], null))
        : JSON.stringify(response(finalStatus, [item(itemStatus, [part(text)])], outputTokens)),
  };
}

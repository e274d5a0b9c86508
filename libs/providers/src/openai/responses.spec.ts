import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { DeclaredFailureError } from '../classify.js';
import { question } from '../replay.fixture.js';
import { ResponsesDecoder } from './responses.decoder.js';
import { responsesBody } from './responses.provider.js';

const event = (value: object): ResponseStreamEvent => value as ResponseStreamEvent;
const ended = (response: object): ResponsesDecoder => {
  const decoder = new ResponsesDecoder();
  decoder.take(event({ type: 'response.completed', response }));
  return decoder;
};

describe('ResponsesDecoder', () => {
  it.each([
    [{ status: 'completed' }, 'stop', 'completed'],
    [{ status: 'completed', output: [{ type: 'function_call' }] }, 'toolUse', 'completed'],
    [
      { status: 'completed', output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }] },
      'refusal',
      'completed',
    ],
    [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'length', 'max_output_tokens'],
    [{ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }, 'contentFilter', 'content_filter'],
    [{ status: 'incomplete', incomplete_details: { reason: 'novelty' } }, 'unknown', 'novelty'],
  ])('names %j %s', (response, finishReason, stopReason) => {
    expect(ended(response)).toMatchObject({ state: 'closed', finishReason, identity: { stopReason } });
  });

  it('takes the text from the final output when no delta brought it', () => {
    const decoder = new ResponsesDecoder();
    const output = [{ type: 'message', content: [{ type: 'output_text', text: 'whole' }] }];
    expect(decoder.take(event({ type: 'response.completed', response: { status: 'completed', output } }))).toEqual({
      type: 'text',
      text: 'whole',
    });
    const other = new ResponsesDecoder();
    other.take(event({ type: 'response.output_text.delta', delta: 'whole' }));
    expect(other.take(event({ type: 'response.completed', response: { status: 'completed', output } }))).toBeUndefined();
  });

  it('throws what response.failed and error events declare, and keeps the usage', () => {
    const decoder = new ResponsesDecoder();
    const failed = event({
      type: 'response.failed',
      response: { id: 'r', usage: { input_tokens: 3 }, error: { code: 'invalid_prompt', message: 'No' } },
    });
    expect(() => decoder.take(failed)).toThrow(DeclaredFailureError);
    expect(decoder.usage).toMatchObject({ inputTokens: 3, outputTokens: null });
    expect(() => decoder.take(event({ type: 'error', code: 'server_error', message: 'x' }))).toThrow(DeclaredFailureError);
    expect(() => decoder.take(event({ type: 'response.failed', response: null as unknown as object }))).toThrow(
      DeclaredFailureError,
    );
  });

  it('takes reasoning for progress', () => {
    expect(new ResponsesDecoder().take(event({ type: 'response.reasoning_summary_text.delta', delta: 'hm' }))).toBe('progress');
  });

  it.each([
    [null],
    ['text'],
    [{}],
    [{ type: 'response.created' }],
    [{ type: 'response.output_text.delta' }],
    [{ type: 'keepalive' }],
  ])('survives %j', (strange) => {
    const decoder = new ResponsesDecoder();
    expect(decoder.take(strange as unknown as ResponseStreamEvent)).toBeUndefined();
    expect(decoder.state).toBe('open');
  });
});

describe('responsesBody', () => {
  it('stores nothing and sends the system text as instructions', () => {
    expect(responsesBody(question({ system: 'Be brief.' }))).toEqual({
      model: 'some-model',
      instructions: 'Be brief.',
      input: [{ role: 'user', content: 'Why is the sky blue?' }],
      max_output_tokens: 256,
      store: false,
      stream: true,
    });
  });

  it.each([
    ['gpt-4.1', true, false],
    ['gpt-5-mini', false, true],
    ['gpt-6-luna', false, true],
    ['gpt-6.2-sol', false, true],
    ['o3', false, true],
    ['some-model', true, true],
  ])('sends %s a temperature: %p, an effort: %p', (model, temperature, effort) => {
    const body = responsesBody(question({ model: `openai/${model}`, temperature: 0.2, reasoningEffort: 'low' }));
    expect([body.temperature === 0.2, body.reasoning?.effort === 'low']).toEqual([temperature, effort]);
  });

  it('asks for strict structure', () => {
    const schema = { type: 'object' };
    expect(responsesBody(question({ json: { name: 'ballot', schema } })).text).toEqual({
      format: { type: 'json_schema', name: 'ballot', schema, strict: true },
    });
  });
});

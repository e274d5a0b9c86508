import * as anthropicSdk from '@anthropic-ai/sdk';
import type { Anthropic } from '@anthropic-ai/sdk';
import * as openaiSdk from 'openai';
import type { OpenAI } from 'openai';
import { expectedText } from './expected-text.js';
import { startSimulator } from './server.js';
import type { Simulator } from './server.js';

const question = 'How do bees find flowers?';
const fast = '+rate=0+ttft=0';
const voices = ['sim-sage', 'sim-bard', 'sim-scout', 'sim-skeptic'].map((voice) => voice + fast);
const schema = {
  type: 'object',
  properties: { title: { type: 'string' }, size: { type: 'integer' } },
  required: ['title', 'size'],
  additionalProperties: false,
};

let simulator: Simulator;
let anthropic: Anthropic;
let openai: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  anthropic = new anthropicSdk.Anthropic({ baseURL: simulator.url, apiKey: 'key-for-tests', maxRetries: 0 });
  openai = new openaiSdk.OpenAI({ baseURL: `${simulator.url}/openai/v1`, apiKey: 'key-for-tests', maxRetries: 0 });
});
afterAll(() => simulator.close());
beforeEach(() => simulator.journal.clear());

describe('the official Anthropic SDK', () => {
  const ask = (model: string, maxTokens = 10_000): Anthropic.MessageCreateParamsNonStreaming => ({
    model,
    max_tokens: maxTokens,
    messages: [{ role: 'user', content: question }],
  });

  it.each(voices)('streams %s through its raw iterator, ending with the marker and cumulative usage', async (model) => {
    const seen: string[] = [];
    let text = '';
    let output = 0;
    for await (const event of await anthropic.messages.create({ ...ask(model), stream: true })) {
      seen.push(event.type);
      if (event.type === 'message_start') expect(event.message.usage.input_tokens).toBeGreaterThan(0);
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
      if (event.type === 'message_delta') output = event.usage.output_tokens;
    }
    expect(text).toBe(expectedText(model, question));
    expect(seen.slice(0, 2)).toEqual(['message_start', 'content_block_start']);
    expect(seen.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop']);
    expect(output).toBe(seen.filter((type) => type === 'content_block_delta').length);
  });

  it('is content with the high-level helper', async () => {
    const message = await anthropic.messages.stream(ask(`sim-bard${fast}`)).finalMessage();
    expect(message.content).toEqual([{ type: 'text', text: expectedText('sim-bard', question) }]);
    expect(message.stop_reason).toBe('end_turn');
    expect(message.usage).toMatchObject({ cache_read_input_tokens: 0, cache_creation_input_tokens: 0 });
  });

  it('reads a reply that is not streamed, its request id and rate limits', async () => {
    const { data, response, request_id } = await anthropic.messages.create(ask(`sim-scout${fast}`)).withResponse();
    expect(data.content[0]).toEqual({ type: 'text', text: expectedText('sim-scout', question) });
    expect(request_id).toMatch(/^req_/);
    expect(response.headers.get('anthropic-ratelimit-requests-remaining')).toBe('9999');
  });

  it('gets JSON that matches the schema, streamed or not', async () => {
    const format = { output_config: { format: { type: 'json_schema' as const, schema } } };
    const whole = await anthropic.messages.create({ ...ask(`sim-sage${fast}`), ...format });
    const streamed = await anthropic.messages.stream({ ...ask(`sim-sage${fast}`), ...format }).finalText();
    expect(JSON.parse(streamed)).toEqual({ title: expect.any(String), size: expect.any(Number) });
    expect(whole.content[0]).toMatchObject({ text: streamed });
  });

  it('stops at max_tokens', async () => {
    const message = await anthropic.messages.stream(ask(`sim-sage${fast}`, 7)).finalMessage();
    expect(message).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 7 } });
  });

  it('lists and retrieves models, and counts tokens', async () => {
    const page = await anthropic.models.list();
    expect(page.data.map((model) => model.id)).toEqual(['sim-sage', 'sim-bard', 'sim-scout', 'sim-skeptic']);
    expect(page.data[0]).toMatchObject({ display_name: 'Sage (simulated)', max_input_tokens: 200_000, max_tokens: 32_000 });
    expect((await anthropic.models.retrieve('sim-sage+tokens=3')).id).toBe('sim-sage+tokens=3');
    const counted = await anthropic.messages.countTokens({ model: 'sim-sage', messages: [{ role: 'user', content: question }] });
    expect(counted.input_tokens).toBe(7);
  });

  it.each([
    ['status=401', anthropicSdk.AuthenticationError, 'authentication_error'],
    ['status=403', anthropicSdk.PermissionDeniedError, 'permission_error'],
    ['status=404', anthropicSdk.NotFoundError, 'not_found_error'],
    ['status=429', anthropicSdk.RateLimitError, 'rate_limit_error'],
    ['status=500', anthropicSdk.InternalServerError, 'api_error'],
    ['status=529', anthropicSdk.APIError, 'overloaded_error'],
    ['context', anthropicSdk.BadRequestError, 'invalid_request_error'],
    ['billing429', anthropicSdk.RateLimitError, 'rate_limit_error'],
  ])('sees %s as its own class of error', async (modifier, kind, type) => {
    const error = await anthropic.messages.create(ask(`sim-sage+${modifier}`)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ type, requestID: expect.stringMatching(/^req_/) });
    if (modifier === 'billing429') expect(error).toMatchObject({ errorCode: 'enforced_spend_limit_reached' });
  });

  it('throws the error event in mid-stream, after the deltas before it', async () => {
    let deltas = 0;
    const read = async (): Promise<void> => {
      for await (const event of await anthropic.messages.create({ ...ask(`sim-sage+midError+at=3${fast}`), stream: true }))
        if (event.type === 'content_block_delta') deltas++;
    };
    await expect(read()).rejects.toMatchObject({ type: 'overloaded_error' });
    expect(deltas).toBe(3);
  });

  it('sees a refusal and a filter as stop reason refusal', async () => {
    const refused = await anthropic.messages.stream(ask(`sim-sage+refusal${fast}`)).finalMessage();
    const filtered = await anthropic.messages.stream(ask(`sim-sage+filter${fast}`)).finalMessage();
    expect(refused).toMatchObject({ stop_reason: 'refusal', stop_details: { category: null } });
    expect(filtered).toMatchObject({ stop_reason: 'refusal', stop_details: { category: 'general_harms' } });
  });

  it('is refused sampling parameters, as the present API version refuses them', async () => {
    const body = { ...ask('sim-sage'), temperature: 1 };
    await expect(anthropic.messages.create(body)).rejects.toBeInstanceOf(anthropicSdk.BadRequestError);
  });
});

describe('the official OpenAI SDK with Responses', () => {
  it.each(voices)('streams %s in the full order of events', async (model) => {
    const types: string[] = [];
    let text = '';
    let expectedNumber = 0;
    for await (const event of await openai.responses.create({ model, input: question, stream: true })) {
      expect(event.sequence_number).toBe(expectedNumber++);
      if (types.at(-1) !== event.type) types.push(event.type);
      if (event.type === 'response.output_text.delta') text += event.delta;
      if (event.type === 'response.completed') {
        expect(event.response.output[0]).toMatchObject({ type: 'message', status: 'completed', content: [{ text }] });
        expect(event.response.usage?.total_tokens).toBe(
          (event.response.usage?.input_tokens ?? 0) + (event.response.usage?.output_tokens ?? 0),
        );
      }
    }
    expect(text).toBe(expectedText(model, question));
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
  });

  it('is content with the high-level helper and with a reply that is not streamed', async () => {
    const helped = await openai.responses.stream({ model: `sim-skeptic${fast}`, input: question }).finalResponse();
    const whole = await openai.responses.create({ model: `sim-skeptic${fast}`, input: question });
    expect(helped.output_text).toBe(expectedText('sim-skeptic', question));
    expect(whole.output_text).toBe(helped.output_text);
    expect(whole.usage?.output_tokens).toBe(helped.usage?.output_tokens);
  });

  it('gets JSON that matches the schema through the helper', async () => {
    const text = { format: { type: 'json_schema' as const, name: 'thing', strict: true, schema } };
    const { output_text } = await openai.responses.stream({ model: `sim-sage${fast}`, input: question, text }).finalResponse();
    expect(JSON.parse(output_text)).toEqual({ title: expect.any(String), size: expect.any(Number) });
  });

  it('ends incomplete at the token limit and at a filter', async () => {
    const last = async (model: string, limit?: number): Promise<unknown> => {
      let response: unknown;
      const params = { model, input: question, stream: true as const, ...(limit !== undefined && { max_output_tokens: limit }) };
      for await (const event of await openai.responses.create(params))
        if (event.type === 'response.incomplete') response = event.response;
      return response;
    };
    expect(await last(`sim-sage${fast}`, 6)).toMatchObject({
      incomplete_details: { reason: 'max_output_tokens' },
      usage: { output_tokens: 6 },
    });
    expect(await last(`sim-sage+filter${fast}`)).toMatchObject({ incomplete_details: { reason: 'content_filter' } });
  });

  it('sees response.failed, the error event and a refusal part', async () => {
    const types: string[] = [];
    for await (const event of await openai.responses.create({
      model: `sim-sage+responsesFailed${fast}`,
      input: question,
      stream: true,
    }))
      types.push(event.type);
    expect(types.at(-1)).toBe('response.failed');
    const broken = openai.responses.stream({ model: `sim-sage+midError${fast}`, input: question });
    await expect(broken.finalResponse()).rejects.toBeInstanceOf(openaiSdk.APIError);
    const refused = await openai.responses.stream({ model: `sim-sage+refusal${fast}`, input: question }).finalResponse();
    expect(refused.output[0]).toMatchObject({
      content: [{ type: 'refusal', refusal: expect.stringContaining('simulated refusal') }],
    });
  });

  it('counts input tokens without a call', async () => {
    expect(await openai.responses.inputTokens.count({ model: 'sim-sage', input: question })).toMatchObject({ input_tokens: 7 });
  });
});

describe('the official OpenAI SDK with Chat Completions', () => {
  const messages = [{ role: 'user' as const, content: question }];

  it.each(voices)('streams %s with the usage chunk only when it was asked for', async (model) => {
    for (const include_usage of [true, false]) {
      const chunks = [];
      for await (const chunk of await openai.chat.completions.create({
        model,
        messages,
        stream: true,
        stream_options: { include_usage },
      }))
        chunks.push(chunk);
      expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant', content: '' });
      expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(expectedText(model, question));
      expect(chunks.filter((chunk) => chunk.choices[0]?.finish_reason).map((chunk) => chunk.choices[0]?.finish_reason)).toEqual([
        'stop',
      ]);
      const reported = chunks.filter((chunk) => chunk.usage);
      expect(reported).toHaveLength(include_usage ? 1 : 0);
      if (include_usage) expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: chunks.length - 3 } });
    }
  });

  it('is content with the high-level helper and with a reply that is not streamed', async () => {
    const helped = await openai.chat.completions.stream({ model: `sim-bard${fast}`, messages }).finalChatCompletion();
    const whole = await openai.chat.completions.create({ model: `sim-bard${fast}`, messages });
    expect(helped.choices[0]?.message.content).toBe(expectedText('sim-bard', question));
    expect(whole.choices[0]?.message.content).toBe(helped.choices[0]?.message.content);
    expect(whole.usage?.prompt_tokens).toBe(7);
  });

  it('gets JSON that matches the schema', async () => {
    const response_format = { type: 'json_schema' as const, json_schema: { name: 'thing', strict: true, schema } };
    const helped = await openai.chat.completions
      .stream({ model: `sim-sage${fast}`, messages, response_format })
      .finalChatCompletion();
    expect(JSON.parse(helped.choices[0]?.message.content ?? '')).toEqual({ title: expect.any(String), size: expect.any(Number) });
  });

  it('sees length, filter and refusal as the format has them', async () => {
    const ask = async (model: string, limit = 1000): Promise<OpenAI.Chat.Completions.ChatCompletion.Choice | undefined> =>
      (
        await openai.chat.completions
          .stream({ model: model + fast, messages, max_completion_tokens: limit })
          .finalChatCompletion()
      ).choices[0];
    expect(await ask('sim-sage', 4)).toMatchObject({ finish_reason: 'length' });
    expect(await ask('sim-sage+filter')).toMatchObject({ finish_reason: 'content_filter' });
    expect(await ask('sim-sage+refusal')).toMatchObject({
      finish_reason: 'stop',
      message: { refusal: expect.stringContaining('refusal') },
    });
  });

  it('throws the error chunk in mid-stream', async () => {
    const broken = openai.chat.completions.stream({ model: `sim-sage+midError${fast}`, messages });
    await expect(broken.finalChatCompletion()).rejects.toMatchObject({ type: 'server_error' });
  });

  it.each([
    ['status=400', openaiSdk.BadRequestError, null],
    ['status=401', openaiSdk.AuthenticationError, 'invalid_api_key'],
    ['status=404', openaiSdk.NotFoundError, 'model_not_found'],
    ['status=429', openaiSdk.RateLimitError, 'rate_limit_exceeded'],
    ['status=503', openaiSdk.InternalServerError, 'server_is_overloaded'],
    ['context', openaiSdk.BadRequestError, 'context_length_exceeded'],
    ['billing429', openaiSdk.RateLimitError, 'credit_balance_exhausted'],
  ])('sees %s as its own class of error', async (modifier, kind, code) => {
    const error = await openai.chat.completions
      .create({ model: `sim-sage+${modifier}`, messages })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ code });
  });

  it('lists models with the prices and context lengths OpenRouter gives', async () => {
    const { data } = await openai.models.list();
    expect(data.map((model) => model.id)).toEqual(['sim-sage', 'sim-bard', 'sim-scout', 'sim-skeptic']);
    expect(data[2]).toMatchObject({
      context_length: 200_000,
      pricing: { prompt: '0.0000001', completion: '0.0000005', input_cache_read: '0.00000001' },
    });
  });
});

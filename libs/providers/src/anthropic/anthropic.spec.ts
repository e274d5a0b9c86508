import type { MessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import { question } from '../replay.fixture.js';
import { AnthropicDecoder } from './anthropic.decoder.js';
import { anthropicBody } from './anthropic.provider.js';

const event = (value: object): MessageStreamEvent => value as MessageStreamEvent;

describe('AnthropicDecoder', () => {
  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'refusal'],
    ['tool_use', 'toolUse'],
    ['pause_turn', 'toolUse'],
    ['a_later_invention', 'unknown'],
  ])('names %s %s', (reason, expected) => {
    const decoder = new AnthropicDecoder();
    decoder.take(event({ type: 'message_delta', delta: { stop_reason: reason, stop_details: { category: 'bio' } } }));
    expect(decoder).toMatchObject({
      state: 'open',
      finishReason: expected,
      identity: { stopReason: reason, stopCategory: 'bio' },
    });
    decoder.take(event({ type: 'message_stop' }));
    expect(decoder.state).toBe('closed');
  });

  it('adds cache reads and writes to the input, and lets later counts replace earlier ones', () => {
    const decoder = new AnthropicDecoder();
    const counts = { input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 1 };
    expect(decoder.take(event({ type: 'message_start', message: { usage: counts } }))).toEqual({
      type: 'usage',
      usage: { inputTokens: 125, outputTokens: 1, cachedInputTokens: 100, cacheWriteTokens: 20, reasoningTokens: null },
    });
    decoder.take(
      event({
        type: 'message_delta',
        delta: {},
        usage: { output_tokens: 9, input_tokens: null, output_tokens_details: { thinking_tokens: 4 } },
      }),
    );
    expect(decoder.usage).toMatchObject({ inputTokens: 125, outputTokens: 9, reasoningTokens: 4 });
  });

  it('takes thinking for progress and not for text', () => {
    const decoder = new AnthropicDecoder();
    expect(decoder.take(event({ type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: 'hm' } }))).toBe(
      'progress',
    );
    expect(decoder.take(event({ type: 'content_block_delta', delta: { type: 'text_delta', text: '' } }))).toBeUndefined();
  });

  it.each([
    [null],
    ['text'],
    [{}],
    [{ type: 'message_start' }],
    [{ type: 'content_block_delta' }],
    [{ type: 'message_delta' }],
    [{ type: 'novelty' }],
  ])('survives %j', (strange) => {
    const decoder = new AnthropicDecoder();
    expect(decoder.take(strange as unknown as MessageStreamEvent)).toBeUndefined();
    expect(decoder).toMatchObject({ state: 'open', usage: null });
  });
});

describe('anthropicBody', () => {
  it('sends the system text at the top, a limit always, and never a sampling parameter', () => {
    expect(anthropicBody(question({ system: 'Be brief.', temperature: 0.3 }))).toEqual({
      model: 'some-model',
      max_tokens: 256,
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'Why is the sky blue?' }],
      stream: true,
    });
  });

  it('asks for effort and structure in output_config', () => {
    const schema = { type: 'object' };
    expect(anthropicBody(question({ reasoningEffort: 'minimal', json: { name: 'ballot', schema } })).output_config).toEqual({
      effort: 'low',
      format: { type: 'json_schema', schema },
    });
    expect(anthropicBody(question({ reasoningEffort: 'none' }))).not.toHaveProperty('output_config');
  });
});

import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import { DeclaredFailureError } from '../classify.js';
import { question } from '../replay.fixture.js';
import { ChatDecoder } from './chat.decoder.js';
import { chatBody } from './chat.provider.js';

const chunk = (value: object): ChatCompletionChunk => value as ChatCompletionChunk;
const choice = (value: object): ChatCompletionChunk => chunk({ choices: [value] });

describe('ChatDecoder', () => {
  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'contentFilter'],
    ['tool_calls', 'toolUse'],
    ['novelty', 'unknown'],
  ])('names %s %s', (reason, finishReason) => {
    const decoder = new ChatDecoder();
    decoder.take(choice({ delta: {}, finish_reason: reason }));
    expect(decoder).toMatchObject({ state: 'answered', finishReason, identity: { stopReason: reason } });
  });

  it('shows a refusal as text and names it', () => {
    const decoder = new ChatDecoder();
    expect(decoder.take(choice({ delta: { refusal: 'I will not.' } }))).toEqual({ type: 'text', text: 'I will not.' });
    decoder.take(choice({ delta: {}, finish_reason: 'stop' }));
    expect(decoder.finishReason).toBe('refusal');
  });

  it('keeps the first of two finish chunks', () => {
    const decoder = new ChatDecoder();
    decoder.take(choice({ delta: {}, finish_reason: 'length' }));
    decoder.take(choice({ delta: {}, finish_reason: 'stop' }));
    expect(decoder.finishReason).toBe('length');
  });

  it.each(['error', 'insufficient_system_resource'])('takes the finish reason %s for a failure', (reason) => {
    expect(() => new ChatDecoder().take(choice({ delta: {}, finish_reason: reason }))).toThrow(DeclaredFailureError);
  });

  it.each([[{ reasoning_content: 'hm' }], [{ reasoning: 'hm' }], [{ reasoning_details: [{}] }], [{ tool_calls: [{}] }]])(
    'takes %j for progress',
    (delta) => {
      expect(new ChatDecoder().take(choice({ delta }))).toBe('progress');
    },
  );

  it('reads Azure’s chunks without choices, ids or deltas', () => {
    const decoder = new ChatDecoder();
    expect(decoder.take(chunk({ id: '', model: '', choices: [], prompt_filter_results: [] }))).toBeUndefined();
    expect(
      decoder.take(chunk({ id: 'c1', model: 'm1', choices: [{ index: 0, finish_reason: null, content_filter_results: {} }] })),
    ).toBeUndefined();
    expect(decoder.identity).toMatchObject({ responseId: 'c1', model: 'm1' });
  });

  it('reads what DeepSeek and OpenRouter add to usage', () => {
    const decoder = new ChatDecoder();
    decoder.take(
      chunk({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 8, cost: 0.0012 } }),
    );
    expect(decoder.usage).toEqual({
      inputTokens: 10,
      outputTokens: 5,
      cachedInputTokens: 8,
      cacheWriteTokens: null,
      reasoningTokens: null,
    });
    expect(decoder.identity['costUsd']).toBe(0.0012);
  });

  it('does not believe token counts that are none', () => {
    const decoder = new ChatDecoder();
    decoder.take(chunk({ choices: [], usage: { prompt_tokens: -1, completion_tokens: '7' } }));
    expect(decoder.usage).toMatchObject({ inputTokens: null, outputTokens: null });
  });

  it.each([[null], ['text'], [{}], [{ choices: null }], [{ choices: [null] }], [{ choices: [{}] }]])('survives %j', (strange) => {
    const decoder = new ChatDecoder();
    expect(decoder.take(strange as unknown as ChatCompletionChunk)).toBeUndefined();
    expect(decoder.state).toBe('open');
  });
});

describe('chatBody', () => {
  const full = question({
    system: 'Be brief.',
    temperature: 0.2,
    reasoningEffort: 'low',
    json: { name: 'ballot', schema: { type: 'object' } },
  });

  it('asks for usage, and sends every parameter as compatible servers know it', () => {
    expect(chatBody(full, new Set())).toEqual({
      model: 'some-model',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Why is the sky blue?' },
      ],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 256,
      temperature: 0.2,
      reasoning_effort: 'low',
      response_format: { type: 'json_schema', json_schema: { name: 'ballot', schema: { type: 'object' }, strict: true } },
    });
  });

  it('leaves out or renames what was refused', () => {
    const body = chatBody(full, new Set(['noUsage', 'newLimitName', 'noSchema']));
    expect(body).not.toHaveProperty('stream_options');
    expect(body).not.toHaveProperty('max_tokens');
    expect(body).toMatchObject({ max_completion_tokens: 256, response_format: { type: 'json_object' } });
  });
});

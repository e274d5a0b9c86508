import { answersInText, readModel } from './openai-model-list.js';

describe('the OpenAI model list', () => {
  it('keeps what answers in text', () => {
    const ids = [
      'gpt-6-luna',
      'text-embedding-3-large',
      'gpt-4o-mini-tts',
      'whisper-1',
      'gpt-image-2',
      'omni-moderation-latest',
      'gpt-realtime',
      'o3',
    ];
    expect(ids.filter(answersInText)).toEqual(['gpt-6-luna', 'o3']);
  });

  it('knows nothing but the id where nothing else is said', () => {
    expect(readModel('acme', { id: 'llama-4' })).toEqual({
      id: 'acme/llama-4',
      name: 'llama-4',
      contextWindow: null,
      maxOutputTokens: null,
      capabilities: { temperature: null, reasoningEffort: null, structuredOutput: null, images: null },
      prices: null,
    });
  });

  it('reads what OpenRouter adds, with prices per million tokens', () => {
    const listed = {
      id: 'anthropic/claude-haiku-5-5',
      name: 'Claude Haiku 5.5',
      context_length: 200_000,
      top_provider: { max_completion_tokens: 64_000 },
      pricing: { prompt: '0.0000001', completion: '0.0000005', input_cache_read: '0.00000001', input_cache_write: '0.000000125' },
      supported_parameters: ['temperature', 'reasoning', 'structured_outputs'],
      architecture: { input_modalities: ['text', 'image'] },
    };
    expect(readModel('openrouter', listed)).toEqual({
      id: 'openrouter/anthropic/claude-haiku-5-5',
      name: 'Claude Haiku 5.5',
      contextWindow: 200_000,
      maxOutputTokens: 64_000,
      capabilities: { temperature: true, reasoningEffort: true, structuredOutput: true, images: true },
      prices: { input: 0.1, output: 0.5, cachedInput: 0.01, cacheWrite: 0.125 },
    });
  });

  it.each([
    [{ prompt: '-1', completion: '-1' }],
    [{ prompt: '', completion: '0.1' }],
    [{ completion: '0.1' }],
    [{ prompt: 'free', completion: '0' }],
  ])('has no price where the list gives %j', (pricing) => {
    expect(readModel('openrouter', { id: 'auto', ...({ pricing } as object) }).prices).toBeNull();
  });

  it('takes a price of zero for a price', () => {
    expect(readModel('sim', { id: 'free', ...({ pricing: { prompt: '0', completion: '0' } } as object) }).prices).toEqual({
      input: 0,
      output: 0,
      cachedInput: null,
      cacheWrite: null,
    });
  });
});

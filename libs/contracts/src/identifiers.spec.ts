import { ModelId, Money, Timestamp, parseModelId } from './identifiers.js';

describe('a model id', () => {
  it.each([
    ['anthropic/claude-haiku-5-5', 'anthropic', 'claude-haiku-5-5'],
    ['openrouter/meta/llama-4:free', 'openrouter', 'meta/llama-4:free'],
    ['local2/Qwen_3.gguf', 'local2', 'Qwen_3.gguf'],
  ])('%s ends its provider at the first slash', (id, provider, model) => {
    expect(parseModelId(ModelId.parse(id))).toEqual({ provider, model });
  });

  it.each(['gpt', '/gpt', 'openai/', 'open ai/gpt', 'openai/g pt', '-x/gpt', 'openai/gpt\n'])('is not %j', (id) => {
    expect(ModelId.safeParse(id).success).toBe(false);
  });
});

describe('money', () => {
  it.each(['0', '0.0123', '12', '999999999999.999999999', '0.000000001'])('is %s', (text) => {
    expect(Money.safeParse(text).success).toBe(true);
  });
  it.each(['', '-1', '+1', '.5', '1.', '1e3', '1,5', '$1', ' 1', '0.0000000001', '1234567890123', 'NaN', '١'])(
    'is not %j',
    (text) => {
      expect(Money.safeParse(text).success).toBe(false);
    },
  );
});

it('a time is UTC with milliseconds', () => {
  expect(Timestamp.safeParse(new Date(0).toISOString()).success).toBe(true);
  expect(Timestamp.safeParse('1970-01-01T00:00:00Z').success).toBe(false);
  expect(Timestamp.safeParse('1970-01-01T01:00:00.000+01:00').success).toBe(false);
});

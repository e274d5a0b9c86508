import { PriceBook } from './price-book.js';

const noon = new Date('2026-11-21T12:00:00Z');
const discovered = { input: 9, output: 9, cachedInput: null, cacheWrite: null };

describe('the price book', () => {
  it('lets the operator win over the provider’s list, and that over the catalogue', () => {
    const book = new PriceBook({ 'openai/gpt-6-luna': { input: 1, output: 2 } });
    expect(book.priceOf({ id: 'openai/gpt-6-luna', prices: discovered }, noon)).toEqual({
      prices: { input: 1, output: 2, cachedInput: null, cacheWrite: null },
      source: 'operator',
      approximate: false,
    });
    expect(book.priceOf({ id: 'openai/gpt-6-sol', prices: discovered }, noon)).toMatchObject({
      prices: discovered,
      source: 'discovered',
    });
    expect(book.priceOf({ id: 'openai/gpt-6-sol' }, noon)).toMatchObject({
      prices: { input: 2, output: 10 },
      source: 'catalogue',
    });
  });

  it.each([
    ['local/*', 'local/llama-4', true],
    ['local/*', 'local/org/llama-4', true],
    ['openai/ft-*', 'openai/ft-', true],
    ['openai/ft-*', 'openai/gpt', false],
    ['*/llama*-8b', 'x/llama-3-8b', true],
    ['*/llama*-8b', 'x/llama-3-70b', false],
    ['a/aa*aa', 'a/aaa', false],
    ['a/b.c', 'a/bxc', false],
    ['*', 'a/b', true],
  ])('matches the pattern %s against %s: %s', (pattern, id, matches) => {
    expect(new PriceBook({ [pattern]: { input: 1, output: 1 } }).priceOf({ id }, noon) !== null).toBe(matches);
  });

  it('takes the most specific of several matching patterns, whatever their order', () => {
    const book = new PriceBook({
      '*': { input: 1, output: 1 },
      'local/big': { input: 3, output: 3 },
      'local/*': { input: 2, output: 2 },
    });
    expect(['other/x', 'local/small', 'local/big'].map((id) => book.priceOf({ id }, noon)?.prices.input)).toEqual([1, 2, 3]);
  });

  it('survives a hostile pattern in linear time', () => {
    const book = new PriceBook({ [`${'a*'.repeat(50)}b`]: { input: 1, output: 1 } });
    expect(book.priceOf({ id: `x/${'a'.repeat(190)}` }, noon)).toBeNull();
  });

  it.each([
    ['anthropic/claude-opus-5-5', 4, 0.2, 20, false],
    ['anthropic/claude-sonnet-5-5', 2, 0.1, 10, false],
    ['anthropic/claude-haiku-5-5', 0.1, 0.01, 0.5, false],
    ['anthropic/claude-fable-5-2', 8, 0.2, 40, false],
    ['anthropic/claude-opus-4-5-20251101', 5, 0.5, 25, false],
    ['openai/gpt-6.2-sol', 2, 0.1, 10, false],
    ['openai/gpt-6.1-terra', 1, null, 5, true],
    ['openai/gpt-6-luna', 0.1, 0.01, 0.5, false],
    ['gemini/gemini-3.8-flash', 0.75, 0.075, 3.75, false],
    ['gemini/models/gemini-3.8-flash', 0.75, 0.075, 3.75, false],
    ['gemini/gemini-4-argon', 2, 0.1, 10, false],
    ['deepseek/deepseek-flash', 0.15, 0.003, 0.6, false],
    ['deepseek/deepseek-v4-pro', 0.66, 0.022, 1.98, true],
  ])('knows %s', (id, input, cachedInput, output, approximate) => {
    expect(new PriceBook().priceOf({ id }, noon)).toMatchObject({
      prices: { input, cachedInput, output },
      source: 'catalogue',
      approximate,
    });
  });

  it('says that a price found under a relative’s id is approximate', () => {
    expect(new PriceBook().priceOf({ id: 'anthropic/claude-sonnet-5-9' }, noon)?.approximate).toBe(true);
  });

  it('knows the dearer prices of long prompts, ours and the catalogue’s', () => {
    const book = new PriceBook();
    expect(book.priceOf({ id: 'anthropic/claude-haiku-5-5' }, noon)?.prices.tiers).toEqual([
      { aboveInputTokens: 100_000, prices: { input: 0.5, output: 2.5, cachedInput: 0.05, cacheWrite: 0.625 } },
    ]);
    expect(book.priceOf({ id: 'openai/gpt-6-sol' }, noon)?.prices.tiers).toEqual([
      { aboveInputTokens: 272_000, prices: { input: 4, output: 15, cachedInput: 0.4, cacheWrite: 5 } },
    ]);
  });

  it('follows prices that change with the date and the hour', () => {
    const book = new PriceBook();
    expect(book.priceOf({ id: 'gemini/gemini-4-argon' }, new Date('2026-12-01T00:00:00Z'))?.prices.input).toBe(4);
    const peak = book.priceOf({ id: 'deepseek/deepseek-flash' }, new Date('2026-11-23T02:00:00Z'));
    expect(peak).toMatchObject({ prices: { input: 0.3, output: 1.2, cachedInput: 0.006 }, approximate: true });
    expect(book.priceOf({ id: 'deepseek/deepseek-flash' }, new Date('2026-11-22T02:00:00Z'))?.prices.input).toBe(0.15);
  });

  it('does not guess for models of endpoints an operator named', () => {
    expect(new PriceBook().priceOf({ id: 'local/gpt-4o' }, noon)).toBeNull();
    expect(new PriceBook().priceOf({ id: 'anthropic/no-such-model' }, noon)).toBeNull();
  });
});

import * as fc from 'fast-check';
import { estimateTokens } from './tokens.js';

describe('the token estimate', () => {
  /** Counts of the o200k encoding (gpt-tokenizer 4.0.0) for the same texts: the estimate must not be below, nor wildly above. */
  it.each([
    ['English', 'The quick brown fox jumps over the lazy dog, and then it rests for a while in the shade.', 21],
    ['code', 'for (let i = 0; i < items.length; i++) {\n  total += items[i].price * 2;\n}\n', 28],
    ['JSON', '{"id":17,"name":"Ada","tags":["a","b"],"ok":true}', 20],
    ['Chinese', '今天天气很好，我们一起去公园散步吧。', 13],
    ['Russian', 'Сегодня хорошая погода, и мы пойдём гулять в парк после обеда.', 19],
    ['hexadecimal', 'f834e0b7eeda6abacf73abbb455daa94d0e2f3a285a036f4e3831f23e38b94cb', 39],
    ['Base64', 'TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5IGJ5IGhpcyByZWFzb24sIGJ1dCBieSB0aGlz', 47],
  ])('is on the high side for %s', (_language, text, counted) => {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(counted);
    expect(estimateTokens(text)).toBeLessThanOrEqual(counted * 2.2);
  });

  it('is zero for an empty text only', () => {
    expect(estimateTokens('')).toBe(0);
    expect(estimateTokens(' ')).toBe(1);
  });

  it('never shrinks when text is added and never fails', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (head, tail) => {
        expect(estimateTokens(`${head} ${tail}`)).toBeGreaterThanOrEqual(estimateTokens(head));
      }),
    );
  });

  it('takes little time over long runs of one kind', () => {
    const start = performance.now();
    for (const text of ['a'.repeat(200_000), 'a1'.repeat(100_000), '= '.repeat(100_000)])
      expect(estimateTokens(text)).toBeGreaterThanOrEqual(50_000);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

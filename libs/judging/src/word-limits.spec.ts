import * as fc from 'fast-check';
import { countWords, limitWords } from './word-limits.js';

describe('a word limit', () => {
  it.each([
    ['one two three', 3, 'one two three'],
    ['one two three four', 3, 'one two three…'],
    ['one, two, three, four', 2, 'one, two…'],
    ['one — two — three', 2, 'one…'],
    ['  spaced \n out  ', 5, 'spaced \n out'],
    ['don’t stop at apostrophes', 3, 'don’t stop at…'],
    ['今天天气很好', 2, '今天天气…'],
    ['', 5, ''],
    ['one', 0, ''],
  ])('makes of %j at %d words %j', (text, n, expected) => {
    expect(limitWords(text, n)).toBe(expected);
  });

  it('holds for any text in any script, by spaces and by Unicode words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 1, max: 30 }), (text, n) => {
        const limited = limitWords(text, n);
        expect(countWords(limited)).toBeLessThanOrEqual(n);
        expect(limited.split(/\s+/u).filter(Boolean).length).toBeLessThanOrEqual(n);
        expect(limitWords(limited, n)).toBe(limited);
        expect(text.trim().startsWith(limited.replace(/…$/, '')) || limited === text.trim()).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('cuts endless words without breaking a character', () => {
    expect(limitWords('x'.repeat(10_000), 3).length).toBe(151);
    expect(limitWords(`x${'𝒳'.repeat(10_000)}`, 3).isWellFormed?.() ?? true).toBe(true);
  });
});

import * as fc from 'fast-check';
import { fit, printable, widthOf, wrap } from './text-width.js';

describe('text in terminal cells', () => {
  it('counts CJK and emoji as two cells and combining marks as none', () => {
    expect(['abc', '空が', '👩‍👩‍👧', 'e\u0301', '✓', '❤️'].map(widthOf)).toEqual([3, 4, 2, 1, 1, 2]);
  });

  it('pads and cuts to the exact width', () => {
    expect(fit('ab', 4)).toBe('ab  ');
    expect(fit('abcdef', 4)).toBe('abc…');
    expect(fit('空空空', 4)).toBe('空… ');
  });

  it('breaks between words and inside words that are too long', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
    expect(wrap('空空空', 4)).toEqual(['空空', '空']);
    expect(wrap('a\n\nb', 3)).toEqual(['a', '', 'b']);
  });

  it('never makes a line wider than asked and loses no word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 20 }), (raw, width) => {
        const text = printable(raw);
        const lines = wrap(text, width);
        expect(lines.every((line) => widthOf(line) <= width)).toBe(true);
        expect(lines.join('').replace(/\s/gu, '')).toBe(text.replace(/\s/gu, ''));
      }),
    );
  });

  it('takes escape sequences out of what a model wrote', () => {
    expect(printable('a\u001b[2Jb\u0007\tc\r\nd')).toBe('a[2Jb    c\nd');
  });
});

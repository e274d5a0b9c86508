import * as fc from 'fast-check';
import { type Block, parseBlocks } from './parse-blocks.js';
import { parseInline } from './parse-inline.js';

const kinds = (text: string) => parseBlocks(text).map((block) => block.kind);
const only = <K extends Block['kind']>(text: string, kind: K) => {
  const [block, ...rest] = parseBlocks(text);
  expect([block?.kind, rest]).toEqual([kind, []]);
  return block as Extract<Block, { kind: K }>;
};

describe('parseBlocks', () => {
  it('tells headings, paragraphs, lists and code apart', () => {
    expect(kinds('# Title\nText\nmore\n\n- one\n- two\n\n```js\nx\n```\nend')).toEqual([
      'heading',
      'paragraph',
      'list',
      'code',
      'paragraph',
    ]);
  });

  it('keeps the line breaks and spaces of a paragraph', () => {
    expect(only('a  b\n   c', 'paragraph').text).toBe('a  b\n   c');
  });

  it('takes everything inside a fence as it is, also while the fence is open', () => {
    expect(only('```python\n# not a title\n\n  - x\n```', 'code')).toMatchObject({
      language: 'python',
      text: '# not a title\n\n  - x',
    });
    expect(only('~~~\nstill **writing', 'code').text).toBe('still **writing');
    expect(only('````\n```\n````', 'code').text).toBe('```');
  });

  it('nests lists by indentation and keeps what numbers they start with', () => {
    const { list } = only('3. three\n   - inner\n     more\n   - second\n4. four', 'list');
    expect(list).toEqual({
      ordered: true,
      start: 3,
      items: [
        {
          text: 'three',
          children: [
            {
              ordered: false,
              start: 1,
              items: [
                { text: 'inner\nmore', children: [] },
                { text: 'second', children: [] },
              ],
            },
          ],
        },
        { text: 'four', children: [] },
      ],
    });
  });

  it('keeps a list together over blank lines between its items', () => {
    expect(only('- a\n\n- b', 'list').list.items).toHaveLength(2);
  });

  it('shows deep headings as the third level and needs a space after the marks', () => {
    expect(only('##### Deep', 'heading')).toMatchObject({ level: 3, text: 'Deep' });
    expect(kinds('#hashtag')).toEqual(['paragraph']);
  });

  it('never throws, never loses a line, and ends for any text', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('```', '- x', '  - y', '# h', '', '1. z', '    deep', '~~~'));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join('\n').replace(/\r/g, '');
        const squeezed = (value: string) => value.replace(/\s/gu, '');
        expect(
          squeezed(
            parseBlocks(text)
              .map((block) => block.source)
              .join(''),
          ),
        ).toBe(squeezed(text));
      }),
    );
  });

  it('keeps earlier blocks the same while text is appended', () => {
    const before = parseBlocks('# T\n\nfirst\n\nsec');
    const later = parseBlocks('# T\n\nfirst\n\nsecond **b**');
    expect(later.slice(0, 2)).toEqual(before.slice(0, 2));
  });
});

describe('parseInline', () => {
  it('finds bold, emphasis and code', () => {
    expect(parseInline('a **b c** *d* `e**f**` g')).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'strong', text: 'b c' },
      { kind: 'text', text: ' ' },
      { kind: 'emphasis', text: 'd' },
      { kind: 'text', text: ' ' },
      { kind: 'code', text: 'e**f**' },
      { kind: 'text', text: ' g' },
    ]);
  });

  it.each(['2 * 3 * 4', 'a*b*c', '**open', 'snake_case_name', '`open', '<b>x</b> &amp;'])('leaves %j as text', (text) => {
    expect(parseInline(text)).toEqual([{ kind: 'text', text }]);
  });

  it('shows links and images as text', () => {
    expect(parseInline('see [the paper](https://example.com/x) ![a](javascript:alert)')).toEqual([
      { kind: 'text', text: 'see the paper (https://example.com/x) a (javascript:alert)' },
    ]);
  });

  it('takes linear time on hostile input', () => {
    const began = Date.now();
    for (const unit of ['*', '**a', '`', '[', '[a](', '*a ']) parseInline(unit.repeat(5_000));
    expect(Date.now() - began).toBeLessThan(1_500);
  });
});

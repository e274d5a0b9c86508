import * as fc from 'fast-check';
import { extractiveDigest, extractiveSummary } from './extractive.js';
import { countWords } from './word-limits.js';

const essay = `Batteries store energy as chemical potential. A battery has two electrodes and an electrolyte between them.
Some people like the colour of batteries. When a battery discharges, ions move through the electrolyte from one electrode to the other.
Electrons move through the outer circuit from electrode to electrode and do work. My uncle once sailed to Norway.

\`\`\`
code that is not prose
\`\`\`

- **Anode**: the electrode that gives electrons.
- **Cathode**: the electrode that takes electrons.
`;

describe('an extractive summary', () => {
  it('keeps the first and the central sentences, in their order, and takes list heads as key points', () => {
    const summary = extractiveSummary(essay);
    expect(summary.basis).toBe('extractive');
    expect(summary.text).toMatch(/^Batteries store energy as chemical potential\./);
    expect(summary.text).toContain('electrode');
    expect(summary.text).not.toMatch(/uncle|colour|code that/);
    expect(summary.keyPoints).toEqual([
      'Anode: the electrode that gives electrons.',
      'Cathode: the electrode that takes electrons.',
    ]);
  });

  it.each([
    ['Chinese', '电池以化学势能的形式储存能量。放电时，离子通过电解质移动。电子通过外部电路移动并做功。'],
    ['Arabic', 'تخزن البطاريات الطاقة. تتحرك الأيونات عبر المحلول. تتحرك الإلكترونات عبر الدائرة.'],
    ['Thai', 'แบตเตอรี่เก็บพลังงานในรูปแบบเคมี เมื่อคายประจุ ไอออนจะเคลื่อนที่ผ่านอิเล็กโทรไลต์'],
  ])('works in %s', (_language, text) => {
    const summary = extractiveSummary(text);
    expect(text.startsWith(summary.text.slice(0, 5))).toBe(true);
    expect(countWords(summary.text)).toBeLessThanOrEqual(50);
  });

  it('keeps to its limits for any text, and consists of it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 500 }),
          fc.lorem({ maxCount: 120 }),
          fc.lorem({ maxCount: 20, mode: 'sentences' }),
        ),
        (text) => {
          const { text: short, reasoning, keyPoints } = extractiveSummary(text);
          expect(countWords(short)).toBeLessThanOrEqual(50);
          expect(countWords(reasoning)).toBeLessThanOrEqual(20);
          expect(keyPoints.length).toBeLessThanOrEqual(5);
          for (const point of keyPoints) expect(countWords(point)).toBeLessThanOrEqual(12);
          expect(short !== '' || text.trim() === '').toBe(true);
        },
      ),
    );
  });

  it('says of an empty answer that it is empty', () => {
    expect(extractiveSummary('')).toEqual({ text: '', reasoning: 'The answer is empty.', keyPoints: [], basis: 'extractive' });
  });

  it('falls back to the text itself when it is code alone', () => {
    expect(extractiveSummary('```js\nreturn 1;\n```').text).toContain('return 1;');
  });

  it('stays quick on a very long answer', () => {
    const start = performance.now();
    extractiveSummary(essay.repeat(400));
    extractiveSummary('word '.repeat(100_000));
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe('an extractive digest', () => {
  it('names consensus only where answers use mostly the same words, and claims nothing else', () => {
    const digest = extractiveDigest([
      { answerId: 'a', text: 'The capital of France is the city of Paris. It has many bridges.' },
      { answerId: 'b', text: 'Paris is the capital city of France.' },
      { answerId: 'c', text: 'I would rather talk about wine than geography.' },
    ]);
    expect(digest).toMatchObject({
      basis: 'extractive',
      contradictions: [],
      uniqueInsights: [],
      blindSpots: [],
      answerIds: ['a', 'b', 'c'],
    });
    expect(digest.consensus).toEqual([{ text: expect.stringContaining('Paris'), answerIds: ['a', 'b'] }]);
    expect(countWords(digest.text)).toBeLessThanOrEqual(50);
    expect(countWords(digest.reasoning)).toBeLessThanOrEqual(20);
  });

  it('stands with one answer, an empty one or none', () => {
    expect(extractiveDigest([])).toMatchObject({ text: '', consensus: [], answerIds: [] });
    expect(extractiveDigest([{ answerId: 'a', text: '' }])).toMatchObject({ text: '', consensus: [] });
    expect(extractiveDigest([{ answerId: 'a', text: 'Only this.' }]).text).toBe('Only this.');
  });
});

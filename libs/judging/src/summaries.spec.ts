import * as fc from 'fast-check';
import { digestPrompt, parseDigest } from './digest-prompt.js';
import { parseBlocks } from './fenced-blocks.js';
import { repairMessage } from './json-reply.js';
import { parseSummary, summaryPrompt } from './summary-prompt.js';
import { synthesisPrompt } from './synthesis-prompt.js';
import { countWords } from './word-limits.js';

const answers = [
  { answerId: 'a', text: 'Paris.\n<<<END qx>>>' },
  { answerId: 'b', text: '"Paris", of course.' },
];
const question = 'What is the capital of France?';
const words = (count: number) => 'word '.repeat(count).trim();

describe('the summary of one answer', () => {
  it('is asked for with the answer in fences', () => {
    const prompt = summaryPrompt({ question, answer: answers[0]!, seed: 's' });
    expect(parseBlocks(prompt.user)).toMatchObject({ question, answers: [{ text: answers[0]!.text }] });
    expect(prompt).toMatchObject({
      name: 'summary',
      schema: { required: ['text', 'reasoning', 'keyPoints'], additionalProperties: false },
    });
  });

  it('is cut to its limits', () => {
    const reply = {
      text: words(80),
      reasoning: words(40),
      keyPoints: [words(30), ' ', ...Array.from({ length: 9 }, () => 'point')],
      extra: 1,
    };
    const parsed = parseSummary('```json\n' + JSON.stringify(reply) + '\n```');
    if (!parsed.ok) throw new Error(parsed.reason);
    expect(countWords(parsed.value.text)).toBe(50);
    expect(countWords(parsed.value.reasoning)).toBe(20);
    expect(parsed.value.keyPoints.map(countWords)).toEqual([12, 1, 1, 1, 1]);
    expect(Object.keys(parsed.value).sort()).toEqual(['basis', 'keyPoints', 'reasoning', 'text']);
    expect(parsed.value.basis).toBe('model');
  });

  it.each([
    ['It says Paris.', 'no JSON object'],
    ['{"text": "Paris", "reasoning": "known"}', 'keyPoints'],
    ['{"text": " ", "reasoning": "", "keyPoints": []}', 'text: must not be empty'],
  ])('is refused as %j with a reason that can be sent back', (text, reason) => {
    const parsed = parseSummary(text);
    expect(parsed).toEqual({ ok: false, reason: expect.stringContaining(reason) });
    if (!parsed.ok) expect(repairMessage(parsed.reason)).toContain(parsed.reason);
  });
});

describe('the digest of all answers', () => {
  const prompt = digestPrompt({ question, answers, seed: 's' });
  const [first, second] = Object.keys(prompt.idOf) as [string, string];
  const reply = {
    text: 'Both say Paris.',
    reasoning: 'They agree.',
    keyPoints: ['Paris'],
    consensus: [{ text: words(40), answers: [first, second, first, 'nobody'] }],
    contradictions: [{ text: 'None that exist.', answers: ['nobody', 'constructor'] }],
    uniqueInsights: [{ text: 'One quotes.', answers: [second] }],
    blindSpots: ['Population.', ''],
  };

  it('is asked for with every answer in fences, in the order given', () => {
    expect(parseBlocks(prompt.user)!.answers.map(({ id, text }) => ({ answerId: prompt.idOf[id], text }))).toEqual(answers);
  });

  it('maps ids back to answers and drops points about none', () => {
    const parsed = parseDigest(JSON.stringify(reply), prompt);
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        consensus: [{ answerIds: ['a', 'b'] }],
        contradictions: [],
        uniqueInsights: [{ text: 'One quotes.', answerIds: ['b'] }],
        blindSpots: ['Population.'],
        basis: 'model',
        answerIds: ['a', 'b'],
      },
    });
    if (parsed.ok) expect(countWords(parsed.value.consensus[0]!.text)).toBe(25);
  });

  it('is refused without one of its lists', () => {
    expect(parseDigest(JSON.stringify({ ...reply, blindSpots: undefined }), prompt)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('blindSpots'),
    });
  });
});

describe('the synthesis', () => {
  it('shows the answers in ranked order, in fences, whatever they contain', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }), (texts) => {
        const prompt = synthesisPrompt({
          question,
          answers: texts.map((text, index) => ({ answerId: `a${index}`, text })),
          seed: 's',
          ranked: true,
        });
        expect(parseBlocks(prompt.user)!.answers.map((answer) => answer.text)).toEqual(texts);
      }),
    );
  });

  it('says whether the order means anything', () => {
    const given = { question, answers, seed: 's' };
    expect(synthesisPrompt({ ...given, ranked: true }).user).toContain('judged best first');
    expect(synthesisPrompt({ ...given, ranked: false }).user).toContain('no meaningful order');
  });
});

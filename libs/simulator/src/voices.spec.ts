import { expectedText } from './expected-text.js';
import { composeAnswer, voiceOf, voices } from './voices.js';

const questions = [
  'How do bees find flowers?',
  'Should I use Postgres or MongoDB?',
  'Why is the sky blue?',
  'Write a slogan for a bakery',
  'What is entropy?',
  '?!',
];
const words = (text: string): number => text.split(/\s+/u).length;

describe.each(voices.map((voice) => voice.id))('%s', (voice) => {
  it.each(questions)('answers “%s” at a readable length, quotes it and says that it is simulated', (question) => {
    const text = composeAnswer(voice, question);
    expect(words(text)).toBeGreaterThanOrEqual(60);
    expect(words(text)).toBeLessThanOrEqual(350);
    expect(text).toContain(`“${question}”`);
    expect(text).toMatch(/simulated answer/iu);
    expect(text).not.toMatch(/undefined|\[object/);
  });

  it('says the same to the same question and something else under another system prompt', () => {
    expect(composeAnswer(voice, 'Why?')).toBe(composeAnswer(voice, 'Why?'));
    expect(composeAnswer(voice, 'Why?', 'Answer like a pirate.')).toContain('Answer like a pirate.');
  });

  it('takes up what was asked before', () => {
    const text = expectedText(voice, 'And at night?', {
      earlier: [
        { role: 'user', text: 'How do bees find flowers?' },
        { role: 'assistant', text: 'By scent.' },
      ],
    });
    expect(text).toContain('Earlier you asked “How do bees find flowers?”');
  });
});

describe('the voices', () => {
  it('differ in length, speed and form', () => {
    const [sage = '', bard = '', scout = '', skeptic = ''] = voices.map((voice) =>
      composeAnswer(voice.id, 'Why is the sky blue?'),
    );
    expect(words(sage)).toBeGreaterThan(words(bard));
    expect(words(bard)).toBeGreaterThan(words(scout));
    expect(sage).toMatch(/^## /m);
    expect(bard).not.toMatch(/^[-#\d]/m);
    expect(scout).toMatch(/^- \*\*/m);
    expect(skeptic).toMatch(/^It depends/);
    expect(new Set(voices.map((voice) => voice.rate)).size).toBe(4);
  });

  it('lend their style to any other name, always the same one', () => {
    expect(voices).toContain(voiceOf('gpt-imaginary'));
    expect(voiceOf('gpt-imaginary')).toBe(voiceOf('gpt-imaginary'));
    expect(expectedText('gpt-imaginary', 'Why?')).toMatch(/simulated/iu);
  });
});

describe('the expected text', () => {
  it('follows the token limit and the modifiers that change the text', () => {
    expect(expectedText('sim-sage+tokens=3', 'q', { maxTokens: 2 })).toMatch(/^1\.\w{5} 2\.\w{5} $/);
    expect(expectedText('sim-sage+tokens=9+length+at=4', 'q').trim().split(' ')).toHaveLength(4);
    expect(expectedText('sim-sage+size=7', 'q')).toBe(expectedText('sim-sage', 'q'));
    expect(expectedText('sim-sage+refusal', 'q')).toContain('simulated refusal');
  });
});

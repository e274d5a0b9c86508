import { array, assert, integer, property, string } from 'fast-check';
import { AnswerText } from './answer-text.js';

function textInto(written: string[]): AnswerText {
  return new AnswerText({ push: (text) => written.push(text), drain: async () => undefined, rest: async () => '', close: () => undefined }); // prettier-ignore
}

function write(...pieces: string[]): { written: string[]; whole: string } {
  const written: string[] = [];
  const text = textInto(written);
  for (const piece of pieces) text.add(piece);
  text.finish();
  return { written, whole: text.whole };
}

const [high, low] = ['\ud83d', '\ude00']; // 😀

describe('the text of a call', () => {
  it('goes on piece by piece and is kept whole', () => {
    expect(write('For', 'ty-', 'two')).toEqual({ written: ['For', 'ty-', 'two'], whole: 'Forty-two' });
  });

  it('puts a character together whose halves came in two pieces', () => {
    expect(write(`a${high}`, `${low}b`)).toEqual({ written: ['a', '😀b'], whole: 'a😀b' });
  });

  it('holds a first half back through an empty piece', () => {
    expect(write(high, '', low).written).toEqual(['😀']);
  });

  it('writes a replacement character for a half that stays alone, wherever it stands', () => {
    expect(write(`a${high}`, 'b').whole).toBe('a\ufffdb');
    expect(write(`a${low}`, 'b').whole).toBe('a\ufffdb');
    expect(write(`a${high}`).written).toEqual(['a', '\ufffd']);
    expect(write(high, high, low).whole).toBe('\ufffd😀');
  });

  it('writes a replacement character for NUL', () => {
    expect(write('a\0b')).toEqual({ written: ['a\ufffdb'], whole: 'a\ufffdb' });
  });

  it('writes no empty pieces', () => {
    expect(write('', high, '').written).toEqual(['\ufffd']);
    expect(write('').written).toEqual([]);
  });

  it('is the same however the stream was cut, and can always be stored', () => {
    assert(
      property(
        string({ unit: 'binary', maxLength: 20 }),
        array(integer({ min: 0, max: 40 }), { maxLength: 6 }),
        (sent, places) => {
          const cuts = [0, ...places.map((place) => Math.min(place, sent.length)).sort((a, b) => a - b), sent.length];
          const { written, whole } = write(...cuts.slice(1).map((cut, nth) => sent.slice(cuts[nth], cut)));
          expect(whole).toBe(sent.toWellFormed().replaceAll('\0', '\ufffd'));
          expect(written.join('')).toBe(whole);
          expect(written.every((piece) => piece.isWellFormed() && piece !== '')).toBe(true);
        },
      ),
    );
  });
});

describe('its timing', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());
  const usage = { inputTokens: 1, outputTokens: 30, cachedInputTokens: null, cacheWriteTokens: null, reasoningTokens: null };

  it('is unknown while no text has come', () => {
    expect(textInto([]).timing(usage)).toEqual({ timeToFirstTokenMs: null, tokensPerSecond: null });
  });

  it('counts from the call to the first text, and tokens from there', () => {
    const text = textInto([]);
    jest.advanceTimersByTime(400);
    text.add('a');
    jest.advanceTimersByTime(2000);
    expect(text.timing(usage)).toEqual({ timeToFirstTokenMs: 400, tokensPerSecond: 15 });
    expect(text.timing(null)).toEqual({ timeToFirstTokenMs: 400, tokensPerSecond: null });
  });
});

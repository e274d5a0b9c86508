import { BlockFeed } from './block-feed.js';
import { aComparison, anAnswer } from './comparison.fixture.js';
import { LineFeed } from './line-feed.js';
import { noPaint } from './paint.js';

const done = { status: 'completed', finishReason: 'stop' } as const;

describe('LineFeed', () => {
  it('gives complete lines once, after the name of their answer', () => {
    const feed = new LineFeed();
    expect(feed.next(aComparison([anAnswer(0, { text: 'first\nsec' }), anAnswer(1, { text: 'half' })]))).toEqual([
      '[sage] first',
    ]);
    expect(feed.next(aComparison([anAnswer(0, { text: 'first\nsecond\n' }), anAnswer(1, { text: 'half' })]))).toEqual([
      '[sage] second',
    ]);
    const end = [anAnswer(0, { text: 'first\nsecond\n', ...done }), anAnswer(1, { text: 'half more', ...done })];
    expect(feed.next(aComparison(end))).toEqual(['[sage] -- done --', '[fox] half more', '[fox] -- done --']);
    expect(feed.next(aComparison(end))).toEqual([]);
  });

  it('says that an answer starts over and gives the new text from its beginning', () => {
    const feed = new LineFeed();
    feed.next(aComparison([anAnswer(0, { text: 'lost\n' })]));
    expect(feed.next(aComparison([anAnswer(0, { text: 'kept\n', attempt: 2 })]))).toEqual([
      '[sage] -- starts over --',
      '[sage] kept',
    ]);
  });

  it('does not speak of starting over before anything was shown', () => {
    const feed = new LineFeed();
    feed.next(aComparison([anAnswer(0, { attempt: 0 })]));
    expect(feed.next(aComparison([anAnswer(0, { text: 'a\n' })]))).toEqual(['[sage] a']);
  });
});

describe('BlockFeed', () => {
  it('writes the first answer live and the others after it', () => {
    const feed = new BlockFeed(noPaint);
    expect(feed.next(aComparison([anAnswer(0, { text: 'one ' }), anAnswer(1, { text: 'other' })]))).toBe('\nsage\none ');
    expect(feed.next(aComparison([anAnswer(0, { text: 'one two' }), anAnswer(1, { text: 'other' })]))).toBe('two');
    const first = anAnswer(0, { text: 'one two', ...done });
    expect(feed.next(aComparison([first, anAnswer(1, { text: 'other' })]))).toBe('\ndone\n\nfox\nother');
    expect(feed.next(aComparison([first, anAnswer(1, { text: 'other.', ...done })]))).toBe('.\ndone\n');
  });

  it('says that an answer starts over', () => {
    const feed = new BlockFeed(noPaint);
    feed.next(aComparison([anAnswer(0, { text: 'lost' })]));
    expect(feed.next(aComparison([anAnswer(0, { text: 'kept', attempt: 2 })]))).toBe('\n-- starts over --\nkept');
  });
});

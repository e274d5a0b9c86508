import { FrameBatch } from './frame-batch.js';

describe('FrameBatch', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('delivers only the newest value, once per 16 ms', () => {
    const seen: number[] = [];
    const batch = new FrameBatch<number>((value) => seen.push(value));
    for (let n = 0; n < 100; n++) batch.push(n);
    expect(seen).toEqual([]);
    jest.advanceTimersByTime(16);
    expect(seen).toEqual([99]);
    batch.push(100);
    jest.advanceTimersByTime(16);
    expect(seen).toEqual([99, 100]);
    jest.advanceTimersByTime(1000);
    expect(seen).toHaveLength(2);
  });

  it('flushes what is pending at once and not a second time', () => {
    const seen: number[] = [];
    const batch = new FrameBatch<number>((value) => seen.push(value));
    batch.push(1);
    batch.flush();
    jest.advanceTimersByTime(100);
    expect(seen).toEqual([1]);
  });

  it('forgets what was dropped', () => {
    const seen: number[] = [];
    const batch = new FrameBatch<number>((value) => seen.push(value));
    batch.push(1);
    batch.drop();
    jest.advanceTimersByTime(100);
    expect(seen).toEqual([]);
  });
});

import { performance } from 'node:perf_hooks';
import { Pacer } from './pacing.js';

describe('the pacer', () => {
  const pacer = new Pacer();
  afterAll(() => pacer.stop());

  it('calls in the order of the due times, never early', async () => {
    const startedAt = performance.now();
    const calls: number[] = [];
    const delays = [30, 5, 20, 5, 0, 12, 25, 1];
    await new Promise<void>((resolve) => {
      for (const delay of delays)
        pacer.after(delay, () => {
          expect(performance.now() - startedAt).toBeGreaterThanOrEqual(delay);
          calls.push(delay);
          if (calls.length === delays.length) resolve();
        });
    });
    expect(calls).toEqual(delays.toSorted((x, y) => x - y));
  });

  it('does not drift: each due time is the caller’s own, whenever the last call came', async () => {
    const startedAt = performance.now();
    let count = 0;
    await new Promise<void>((resolve) =>
      pacer.schedule(
        {
          advance: (now) => {
            count = Math.floor((now - startedAt) / 2);
            if (count < 50) return startedAt + (count + 1) * 2;
            resolve();
            return null;
          },
        },
        startedAt,
      ),
    );
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(100);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it('forgets what is cancelled, also from within a call', async () => {
    const calls: string[] = [];
    const cancelled = pacer.after(5, () => calls.push('cancelled'));
    pacer.after(1, () => pacer.cancel(cancelled));
    await new Promise<void>((resolve) => void pacer.after(15, resolve));
    expect(calls).toEqual([]);
  });
});

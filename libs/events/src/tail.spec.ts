import type { ComparisonEvent } from '@polyphony/contracts';
import { array, assert, asyncProperty, boolean, constant, constantFrom, integer, oneof, option, record } from 'fast-check';
import { type LogReader, PAGE } from './log-reader.js';
import { type Deliver, EventTail, type Subscription } from './tail.js';
import type { WakeUps } from './wake-ups.js';

/** How one read goes: how long before it sees the log, how long until its answer is there, and whether that is an error. */
interface Read {
  before: number;
  after: number;
  fails: boolean;
}
const prompt: Read = { before: 1, after: 1, fails: false };

/** Logs in memory, and a reader of them whose reads go as scripted. */
class Logs {
  reads: Read[] = [];
  readCount = 0;
  private readonly lengths = new Map<string, number>();
  private readonly firsts = new Map<string, number>();
  private hear: (ids: string[]) => void = () => undefined;

  readonly wakeUps = { onEvents: (listener: (ids: string[]) => void) => (this.hear = listener) } as unknown as WakeUps;
  readonly reader = { after: (cursors: ReadonlyMap<string, number>) => this.read(cursors) } as unknown as LogReader;

  append(id: string, count: number, hinted = true): void {
    this.lengths.set(id, this.lastSeq(id) + count);
    if (hinted) this.hear([id]);
  }

  /** Drops everything there is so far, as retention does. */
  trim(id: string): void {
    this.firsts.set(id, this.lastSeq(id) + 1);
  }

  lastSeq(id: string): number {
    return this.lengths.get(id) ?? 0;
  }

  private async read(cursors: ReadonlyMap<string, number>): Promise<Map<string, ComparisonEvent[]>> {
    this.readCount++;
    const { before, after, fails } = this.reads.shift() ?? prompt;
    const asked = [...cursors];
    await pause(before);
    const found = new Map<string, ComparisonEvent[]>();
    for (const [id, cursor] of asked) {
      const from = Math.max(cursor + 1, this.firsts.get(id) ?? 1);
      const to = Math.min(this.lastSeq(id), from + PAGE - 1);
      if (from <= to)
        found.set(
          id,
          Array.from({ length: to - from + 1 }, (_, place) => eventOf(id, from + place)),
        );
    }
    await pause(after);
    if (fails) throw new Error('Connection terminated unexpectedly');
    return found;
  }
}

function eventOf(comparisonId: string, seq: number): ComparisonEvent {
  return { comparisonId, seq, at: '2026-01-01T00:00:00.000Z', type: 'comparison.status', status: 'answering' };
}

/** Keeps the seqs it is given, and declines more after a batch as often as told. */
class Watcher {
  readonly seqs: number[] = [];
  /** Batches after which it declines more. */
  declines = 0;
  readonly deliver: Deliver = (events) => {
    this.seqs.push(...events.map((event) => event.seq));
    return this.declines === 0 || this.declines-- === 0;
  };
}

let logs: Logs;
let tail: EventTail;
let troubles: unknown[];

beforeEach(() => {
  jest.useFakeTimers();
  fresh();
});
afterEach(() => {
  tail.close();
  jest.useRealTimers();
});

function fresh(): void {
  tail?.close();
  logs = new Logs();
  troubles = [];
  tail = new EventTail(logs.reader, logs.wakeUps, (error) => troubles.push(error));
}

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, place) => first + place);

describe('a watcher', () => {
  it('is given what there is after its cursor, then what follows, woken by the hint', async () => {
    logs.append('c', 3);
    const watcher = new Watcher();
    tail.watch('c', 1, watcher.deliver);
    await pass(10);
    expect(watcher.seqs).toEqual([2, 3]);
    logs.append('c', 2);
    await pass(10);
    expect(watcher.seqs).toEqual([2, 3, 4, 5]);
  });

  it('is given an event whose hint was lost within a second', async () => {
    const watcher = new Watcher();
    tail.watch('c', 0, watcher.deliver);
    await pass(10);
    logs.append('c', 1, false);
    await pass(1010);
    expect(watcher.seqs).toEqual([1]);
  });

  it('is given a log of several pages whole', async () => {
    logs.append('c', 2 * PAGE + 7);
    const watcher = new Watcher();
    tail.watch('c', 0, watcher.deliver);
    await pass(50);
    logs.append('c', PAGE + 3);
    await pass(50);
    expect(watcher.seqs).toEqual(upTo(3 * PAGE + 10));
  });

  it('is told nothing of other comparisons', async () => {
    const watcher = new Watcher();
    tail.watch('c', 0, watcher.deliver);
    await pass(10);
    logs.append('d', 3);
    await pass(2000);
    expect(watcher.seqs).toEqual([]);
  });

  it('is forgotten when it stops, and costs no more reads', async () => {
    const watcher = new Watcher();
    const subscription = tail.watch('c', 0, watcher.deliver);
    await pass(10);
    expect(tail.watchers).toBe(1);
    subscription.stop();
    expect(tail.watchers).toBe(0);
    const { readCount } = logs;
    logs.append('c', 1);
    await pass(3000);
    expect(watcher.seqs).toEqual([]);
    expect(logs.readCount).toBe(readCount);
  });

  it('that stops while it takes its first events is forgotten too', async () => {
    logs.append('c', 3);
    const subscription: Subscription = tail.watch('c', 0, () => {
      subscription.stop();
      return true;
    });
    await pass(10);
    expect(tail.watchers).toBe(0);
  });

  it('misses nothing when reading fails for a while, and the failure is reported', async () => {
    const watcher = new Watcher();
    logs.reads = [{ ...prompt, fails: true }, prompt, prompt, { ...prompt, fails: true }];
    tail.watch('c', 0, watcher.deliver);
    await pass(500);
    logs.append('c', 2);
    await pass(500);
    expect(watcher.seqs).toEqual([1, 2]);
    expect(troubles).toHaveLength(2);
  });
});

describe('a watcher that wants no more for now', () => {
  it('is left alone until it resumes, and then goes on where it was', async () => {
    const watcher = new Watcher();
    const subscription = tail.watch('c', 0, watcher.deliver);
    await pass(10);
    watcher.declines = 1;
    logs.append('c', 1);
    await pass(10);
    logs.append('c', 2);
    await pass(2000);
    expect(watcher.seqs).toEqual([1]);
    subscription.resume();
    await pass(10);
    expect(watcher.seqs).toEqual([1, 2, 3]);
  });

  it('does not hold up another watcher of the same comparison', async () => {
    const [slow, quick] = [new Watcher(), new Watcher()];
    slow.declines = 1;
    tail.watch('c', 0, slow.deliver);
    tail.watch('c', 0, quick.deliver);
    await pass(10);
    for (let more = 0; more < 3; more++) {
      logs.append('c', 1);
      await pass(10);
    }
    expect(slow.seqs).toEqual([1]);
    expect(quick.seqs).toEqual([1, 2, 3]);
  });

  it('skips what a snapshot has covered', async () => {
    const watcher = new Watcher();
    watcher.declines = 1;
    logs.append('c', 1);
    const subscription = tail.watch('c', 0, watcher.deliver);
    await pass(10);
    logs.append('c', 9);
    subscription.resume(8);
    await pass(10);
    expect(watcher.seqs).toEqual([1, 9, 10]);
  });
});

it('a watcher whose place in the log is gone rides along with the others', async () => {
  logs.append('c', 3);
  const [early, late] = [new Watcher(), new Watcher()];
  tail.watch('c', 3, early.deliver);
  await pass(10);
  logs.trim('c');
  tail.watch('c', 0, late.deliver);
  await pass(10);
  logs.append('c', 1);
  await pass(10);
  expect([early.seqs, late.seqs]).toEqual([[4], [4]]);
});

it('an event appended while a slow read of a new watcher finds nothing still reaches that watcher', async () => {
  const [slow, quick] = [new Watcher(), new Watcher()];
  logs.reads = [{ before: 1, after: 100, fails: false }];
  tail.watch('c', 0, slow.deliver);
  tail.watch('c', 0, quick.deliver);
  await pass(10);
  logs.append('c', 1);
  await pass(1500);
  expect(quick.seqs).toEqual([1]);
  expect(slow.seqs).toEqual([1]);
});

it('a read begun for a watcher that has left makes no hole for the next one', async () => {
  const [first, second] = [new Watcher(), new Watcher()];
  const leaving = tail.watch('c', 0, first.deliver);
  logs.append('c', 1);
  await pass(10);
  logs.reads = [{ before: 1, after: 50, fails: false }, prompt, { before: 10, after: 60, fails: false }];
  tail.watch('c', 0, second.deliver); // its read sees seq 1 only
  await pass(5);
  logs.append('c', 1);
  await pass(5);
  logs.append('c', 1); // this read asks for what follows seq 2
  await pass(5);
  leaving.stop();
  await pass(3000);
  expect(first.seqs).toEqual([1, 2]);
  expect(second.seqs).toEqual([1, 2, 3]);
});

it('gives every watcher every event after its cursor exactly once and in order, whatever is lost, slow or paused', async () => {
  const comparison = constantFrom('c', 'c', 'c', 'd');
  const step = oneof(
    {
      weight: 5,
      arbitrary: record({ do: constant('append' as const), comparison, count: oneof({ weight: 9, arbitrary: integer({ min: 1, max: 4 }) }, { weight: 1, arbitrary: constant(PAGE + 1) }), hinted: boolean() }), // prettier-ignore
    },
    {
      weight: 3,
      arbitrary: record({ do: constant('join' as const), comparison, after: option(integer({ min: 0, max: 8 }), { nil: null }) }),
    },
    {
      weight: 2,
      arbitrary: record({
        do: constant('decline' as const),
        who: integer({ min: 0, max: 9 }),
        batches: integer({ min: 1, max: 2 }),
      }),
    },
    { weight: 2, arbitrary: record({ do: constant('resume' as const), who: integer({ min: 0, max: 9 }) }) },
    { weight: 1, arbitrary: record({ do: constant('stop' as const), who: integer({ min: 0, max: 9 }) }) },
    { weight: 6, arbitrary: record({ do: constant('pass' as const), ms: integer({ min: 0, max: 40 }) }) },
  );
  const duration = oneof(
    { weight: 4, arbitrary: integer({ min: 0, max: 3 }) },
    { weight: 2, arbitrary: integer({ min: 4, max: 60 }) },
  );
  const reads = array(record({ before: duration, after: duration, fails: integer({ min: 0, max: 9 }).map((die) => die === 0) }), {
    maxLength: 60,
  });
  await assert(
    asyncProperty(array(step, { maxLength: 40 }), reads, async (steps, script) => {
      fresh();
      logs.reads = [...script];
      const joined: { comparison: string; after: number; watcher: Watcher; subscription: Subscription }[] = [];
      for (const one of steps) {
        const who = 'who' in one && joined.length ? joined[one.who % joined.length] : undefined;
        if (one.do === 'append') logs.append(one.comparison, one.count, one.hinted);
        else if (one.do === 'join') {
          const after = Math.min(one.after ?? Infinity, logs.lastSeq(one.comparison));
          const watcher = new Watcher();
          joined.push({
            comparison: one.comparison,
            after,
            watcher,
            subscription: tail.watch(one.comparison, after, watcher.deliver),
          });
        } else if (one.do === 'decline' && who) who.watcher.declines = one.batches;
        else if (one.do === 'resume') who?.subscription.resume();
        else if (one.do === 'stop') who?.subscription.stop();
        else if (one.do === 'pass') await pass(one.ms);
      }
      for (const { watcher, subscription } of joined) {
        watcher.declines = 0;
        subscription.resume();
      }
      await pass(30_000);
      for (const { comparison: id, after, watcher, subscription } of joined) {
        const all = upTo(logs.lastSeq(id), after + 1);
        expect(watcher.seqs).toEqual(subscription.stopped ? all.slice(0, watcher.seqs.length) : all);
      }
      expect(tail.watchers).toBe(joined.filter(({ subscription }) => !subscription.stopped).length);
    }),
    { numRuns: 300 },
  );
});

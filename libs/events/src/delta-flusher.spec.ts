import { array, assert, asyncProperty, constant, constantFrom, integer, oneof, record, string } from 'fast-check';
import type { Pool } from 'pg';
import { DeltaFlusher, type DeltaSink } from './delta-flusher.js';
import type { WakeUps } from './wake-ups.js';

const intervalMs = 25;

/** What becomes of one statement: stored and answered, not stored, or stored although the answer is lost. */
type Outcome = 'ok' | 'failsBefore' | 'failsAfter';

/** The database as one list of stored deltas, which answers each statement after a while and as its script says. */
class Log {
  readonly rows: { comparisonId: string; type: string; body: { answerId: string; attempt: number; text: string } }[] = [];
  readonly batches: number[] = [];
  readonly superseded = new Set<string>();
  announced: string[] = [];
  outcomes: Outcome[] = [];
  /** Milliseconds a statement takes. */
  takes = 1;

  readonly pool = {
    query: (statement: string | { text: string; values: unknown[] }, values: unknown[]) =>
      typeof statement === 'string' ? this.query(statement, values) : this.query(statement.text, statement.values),
    connect: () =>
      Promise.resolve({
        query: (statement: string, values?: unknown[]) =>
          statement.includes('octet_length') ? this.query(statement, values!) : Promise.resolve({ rows: [] }),
        release: () => undefined,
      }),
  } as unknown as Pool;
  /** A text the database will never take. */
  poison: string | null = null;
  readonly wakeUps = {
    channel: null,
    announce: (ids: readonly string[]) => void this.announced.push(...ids),
  } as unknown as WakeUps;

  textOf(answerId: string): string {
    return this.rows.filter(({ body }) => body.answerId === answerId).map(({ body }) => body.text).join(''); // prettier-ignore
  }

  private async query(sql: string, values: unknown[]): Promise<{ rows: unknown[] }> {
    const outcome = this.outcomes.shift() ?? 'ok';
    await new Promise((resolve) => setTimeout(resolve, this.takes));
    if (
      this.poison !== null &&
      sql.includes('polyphony_append') &&
      (values as Columns)[2].some((body) => body.includes(this.poison!))
    )
      throw Object.assign(new Error('invalid byte sequence'), { code: '22021' });
    if (outcome === 'failsBefore') throw new Error('Connection terminated unexpectedly');
    const rows = sql.includes('polyphony_append')
      ? this.append(values as Columns)
      : this.bytesOf(values as [string, string, string]);
    if (outcome === 'failsAfter') throw new Error('Connection terminated unexpectedly');
    return { rows };
  }

  private append([comparisons, types, bodies, fences, attempts]: Columns): unknown[] {
    this.batches.push(comparisons.length);
    const refused: number[] = [];
    for (const [place, comparisonId] of comparisons.entries())
      if (this.superseded.has(`${fences[place]}:${attempts[place]}`)) refused.push(place + 1);
      else this.rows.push({ comparisonId, type: types[place]!, body: JSON.parse(bodies[place]!) as never });
    return [{ refused }];
  }

  private bytesOf([comparisonId, type, identity]: [string, string, string]): unknown[] {
    const { answerId, attempt } = JSON.parse(identity) as { answerId: string; attempt: number };
    const found = this.rows.filter(
      (row) =>
        row.comparisonId === comparisonId && row.type === type && row.body.answerId === answerId && row.body.attempt === attempt,
    );
    return [{ bytes: String(found.reduce((sum, row) => sum + Buffer.byteLength(row.body.text), 0)) }];
  }
}
type Columns = [string[], string[], string[], string[], number[]];

let log: Log;
let flusher: DeltaFlusher;
let troubles: unknown[];

beforeEach(() => {
  jest.useFakeTimers();
  fresh();
});
afterEach(() => jest.useRealTimers());

function fresh(): void {
  log = new Log();
  troubles = [];
  flusher = new DeltaFlusher(log.pool, log.wakeUps, intervalMs, (error) => troubles.push(error));
}

function open(answerId: string, onRefused: () => void = () => undefined): DeltaSink {
  return flusher.open(
    {
      comparisonId: `comparison of ${answerId}`,
      fence: { id: answerId, attempt: 1 },
      event: (text) => ({ type: 'answer.delta', answerId, attempt: 1, text }),
    },
    onRefused,
  );
}

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

describe('the first text of a stream', () => {
  it('is written at once', async () => {
    open('a').push('Hello');
    await pass(2);
    expect(log.textOf('a')).toBe('Hello');
    expect(log.announced).toEqual(['comparison of a']);
  });

  it('is written at once although another stream has just been flushed', async () => {
    open('a').push('one');
    await pass(2);
    open('b').push('two');
    await pass(2);
    expect(log.textOf('b')).toBe('two');
  });
});

describe('later texts', () => {
  it('gather until the interval is over and are written as one event of each stream, in one statement', async () => {
    const [a, b] = [open('a'), open('b')];
    a.push('A');
    b.push('B');
    await pass(5);
    log.batches.length = 0;
    for (const text of ['1', '2', '3']) {
      a.push(text);
      b.push(text);
      await pass(2);
    }
    expect(log.batches).toEqual([]);
    await pass(intervalMs);
    expect(log.batches).toEqual([2]);
    expect(log.rows.slice(-2).map(({ body }) => body.text)).toEqual(['123', '123']);
  });

  it('wait while a statement is under way and follow it', async () => {
    log.takes = 100;
    const sink = open('a');
    sink.push('first ');
    await pass(50);
    sink.push('second');
    await pass(300);
    expect(log.rows.map(({ body }) => body.text)).toEqual(['first ', 'second']);
  });

  it('of nothing are not written', async () => {
    open('a').push('');
    await pass(100);
    expect(log.batches).toEqual([]);
  });
});

describe('drain', () => {
  it('resolves at once when there is nothing to store', async () => {
    await expect(open('a').drain()).resolves.toBeUndefined();
  });

  it('does not wait for the interval', async () => {
    const sink = open('a');
    sink.push('first ');
    await pass(2);
    sink.push('second');
    const drained = settled(sink.drain());
    await pass(2);
    expect(drained()).toBe(true);
    expect(log.textOf('a')).toBe('first second');
  });

  it('waits for a text whose statement is under way', async () => {
    log.takes = 100;
    const sink = open('a');
    sink.push('text');
    await pass(10);
    const drained = settled(sink.drain());
    await pass(50);
    expect(drained()).toBe(false);
    await pass(60);
    expect(drained()).toBe(true);
    expect(log.textOf('a')).toBe('text');
  });

  it('waits for the database to come back', async () => {
    log.outcomes = Array.from({ length: 6 }, () => 'failsBefore');
    const sink = open('a');
    sink.push('text');
    const drained = settled(sink.drain());
    await pass(300);
    expect(drained()).toBe(false);
    await pass(10_000);
    expect(drained()).toBe(true);
    expect(log.textOf('a')).toBe('text');
    expect(troubles.length).toBeGreaterThan(0);
  });
});

describe('rest', () => {
  it('takes back what is not in the log yet, and nothing more of the stream is written', async () => {
    const sink = open('a');
    sink.push('first ');
    await pass(2);
    sink.push('second');
    expect(await sink.rest()).toBe('second');
    await pass(200);
    expect(log.textOf('a')).toBe('first ');
  });

  it('waits for what is on its way, however long the database is away', async () => {
    log.outcomes = ['failsBefore', 'failsBefore'];
    log.takes = 50;
    const sink = open('a');
    sink.push('first ');
    await pass(10);
    sink.push('second');
    let rest: string | null = null;
    void sink.rest().then((text) => (rest = text));
    await pass(60);
    expect(rest).toBeNull();
    await pass(5_000);
    expect([log.textOf('a'), rest]).toEqual(['first ', 'second']);
  });

  it('of a superseded attempt is nothing', async () => {
    log.superseded.add('a:1');
    const sink = open('a');
    sink.push('first ');
    await pass(10);
    sink.push('second');
    expect(await sink.rest()).toBe('');
  });

  it('leaves the texts of other streams where they are', async () => {
    const [a, b] = [open('a'), open('b')];
    a.push('A');
    b.push('B');
    expect(await a.rest()).toBe('A');
    await pass(10);
    expect([log.textOf('a'), log.textOf('b')]).toEqual(['', 'B']);
  });
});

it('a text the database will never take is refused alone, and holds up nobody else', async () => {
  log.poison = 'poison';
  const refused: string[] = [];
  const [a, b] = [open('a', () => refused.push('a')), open('b', () => refused.push('b'))];
  a.push('poison');
  b.push('wholesome');
  await pass(50);
  expect(refused).toEqual(['a']);
  expect(log.textOf('b')).toBe('wholesome');
});

it('a stream that is closed writes nothing more of what had gathered', async () => {
  const sink = open('a');
  sink.push('first ');
  await pass(2);
  sink.push('second');
  sink.close();
  await pass(200);
  expect(log.textOf('a')).toBe('first ');
  expect(flusher.backlog).toBe(0);
});

describe('a superseded attempt', () => {
  it('is told once, its drain resolves, and nothing more of it is sent', async () => {
    const refused = jest.fn();
    const [a, b] = [open('a', refused), open('b')];
    log.superseded.add('a:1');
    a.push('zombie');
    b.push('alive');
    const drained = settled(a.drain());
    await pass(5);
    expect(drained()).toBe(true);
    log.batches.length = 0;
    a.push('more');
    await a.drain();
    await pass(100);
    expect(refused).toHaveBeenCalledTimes(1);
    expect(log.batches).toEqual([]);
    expect([log.textOf('a'), log.textOf('b')]).toEqual(['', 'alive']);
  });

  it('is told also when the first answer to its statement was lost', async () => {
    const refused = jest.fn();
    log.superseded.add('a:1');
    log.outcomes = ['failsAfter'];
    open('a', refused).push('zombie');
    await pass(1000);
    expect(refused).toHaveBeenCalledTimes(1);
  });
});

describe('when nobody knows whether a statement was stored', () => {
  it('does not double what was', async () => {
    log.outcomes = ['failsAfter'];
    open('a').push('once');
    await pass(5000);
    expect(log.textOf('a')).toBe('once');
  });

  it('does not write again before it could look every stream up', async () => {
    log.outcomes = ['failsAfter', 'ok', 'failsBefore', 'ok', 'ok'];
    open('a').push('once');
    open('b').push('once');
    await pass(5000);
    expect([log.textOf('a'), log.textOf('b')]).toEqual(['once', 'once']);
  });
});

it('neither loses nor doubles text, and drains no earlier than stored, whatever fails when', async () => {
  const answer = constantFrom('a', 'b', 'c');
  const step = oneof(
    {
      weight: 6,
      arbitrary: record({
        do: constant('push' as const),
        answer,
        text: string({ minLength: 1, maxLength: 6, unit: 'grapheme' }),
      }),
    },
    { weight: 3, arbitrary: record({ do: constant('pass' as const), ms: integer({ min: 0, max: 120 }) }) },
    { weight: 2, arbitrary: record({ do: constant('drain' as const), answer }) },
  );
  const outcomes = array(constantFrom<Outcome>('ok', 'ok', 'ok', 'failsBefore', 'failsAfter'), { maxLength: 25 });
  await assert(
    asyncProperty(
      array(step, { maxLength: 30 }),
      outcomes,
      integer({ min: 0, max: 60 }),
      answer,
      async (steps, script, takes, ended) => {
        fresh();
        log.outcomes = [...script];
        log.takes = takes;
        const sinks = { a: open('a'), b: open('b'), c: open('c') };
        const pushed = { a: '', b: '', c: '' };
        const early: string[] = [];
        let resting = false;
        for (const one of steps)
          if (one.do === 'push') {
            sinks[one.answer].push(one.text);
            pushed[one.answer] += one.text;
          } else if (one.do === 'drain') {
            const expected = pushed[one.answer];
            void sinks[one.answer].drain().then(() => {
              if (!(resting && one.answer === ended) && !log.textOf(one.answer).startsWith(expected))
                early.push(`${one.answer}: ${expected}`);
            });
          } else await pass(one.ms);
        const found = { a: '', b: '', c: '' };
        resting = true;
        const all = (['a', 'b', 'c'] as const).map(async (name) => {
          const rest = name === ended ? await sinks[name].rest() : await sinks[name].drain();
          found[name] = log.textOf(name) + (rest ?? '');
        });
        const done = settled(Promise.all(all));
        await pass(60_000);
        expect(done()).toBe(true);
        expect(found).toEqual(pushed);
        expect(early).toEqual([]);
        expect(flusher.backlog).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
});

function settled(promise: Promise<unknown>): () => boolean {
  let done = false;
  void promise.then(() => (done = true));
  return () => done;
}

import type { Comparison, ComparisonEvent, EventBody, Problem } from '@polyphony/contracts';
import type { ConnectionState, WatchOptions } from './comparison-watch.js';
import { aComparison, answerIds, comparisonId, ending } from './comparison.fixture.js';
import { LogServer } from './log-server.fixture.js';
import { PolyphonyClient } from './polyphony-client.js';
import { ProblemError, UnreachableError, WatchStoppedError } from './problem-error.js';

const [answerId] = answerIds;
const start: EventBody = { type: 'answer.started', answerId, slot: 0, attempt: 1, model: 'sim/sage' };
const delta = (text: string): EventBody => ({ type: 'answer.delta', answerId, attempt: 1, text });
const failed: EventBody = { type: 'answer.failed', answerId, attempt: 1, error: null };
const otherFailed: EventBody = { type: 'answer.failed', answerId: answerIds[1], attempt: 1, error: null };
const problem = (status: number, code: string): Problem => ({
  type: 'about:blank',
  title: code,
  status,
  code,
  detail: `${code}.`,
});

describe('watching over a real socket', () => {
  let server: LogServer;
  const stops: (() => void)[] = [];

  beforeEach(async () => {
    server = new LogServer();
    await server.start();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) stop();
    await server.stop();
  });

  /** Starts a watch and records what it says; `until` waits for a fact about it. */
  function watching(options: WatchOptions = {}, client = new PolyphonyClient({ baseUrl: server.url, token: 'key' })) {
    const events: ComparisonEvent[] = [];
    const states: ConnectionState[] = [];
    const seen: { comparison?: Comparison; changes: number } = { changes: 0 };
    const watch = client.watch(comparisonId, {
      ...options,
      onChange: (comparison) => {
        seen.comparison = comparison;
        seen.changes++;
      },
      onEvent: (event) => events.push(event),
      onConnection: (state) => states.push(state),
    });
    stops.push(() => watch.stop());
    const text = () => seen.comparison?.answers[0]?.text;
    return { watch, events, states, seen, text };
  }

  it('shows the snapshot and then every event once', async () => {
    server.append(start, delta('a'));
    const w = watching();
    await until(() => w.text() === 'a');
    server.append(delta('b'), delta('c'));
    await until(() => w.text() === 'abc');
    expect(w.events.map((e) => e.seq)).toEqual([3, 4]);
    expect(w.states).toEqual(['connecting', 'live']);
    expect(server.handshakes).toEqual([{ token: 'key' }]);
  });

  it('replays from `after` while showing the present state', async () => {
    server.append(start, delta('a'), delta('b'));
    const w = watching({ after: 0 });
    await until(() => w.events.length === 3);
    expect(w.events.map((e) => e.seq)).toEqual([1, 2, 3]);
    server.append(delta('c'));
    await until(() => w.text() === 'abc');
    expect(w.events).toHaveLength(4);
  });

  it('resumes after a restart of the server without losing or doubling a word', async () => {
    server.append(start, delta('a'));
    const w = watching();
    await until(() => w.text() === 'a');
    await server.stop();
    server.append(delta('b'), delta('c'));
    await until(() => w.states.includes('lost'));
    await server.start();
    await until(() => w.text() === 'abc');
    server.append(delta('d'));
    await until(() => w.text() === 'abcd');
    expect(server.watchRequests.at(-1)).toEqual({ comparisonId, after: 2 });
    expect(w.events.map((e) => e.seq)).toEqual([3, 4, 5]);
    expect(w.states).toEqual(['connecting', 'live', 'lost', 'live']);
  });

  it('comes back after being disconnected by the server', async () => {
    server.append(start);
    const w = watching();
    await until(() => w.states.at(-1) === 'live');
    server.dropSockets();
    await until(() => server.handshakes.length === 2);
    await until(() => w.states.at(-1) === 'live');
    server.append(delta('on'));
    await until(() => w.text() === 'on');
  });

  it('drops doubled events', async () => {
    server.deliver = (socket, event) => {
      socket.emit('comparison:event', event);
      socket.emit('comparison:event', event);
    };
    const w = watching();
    await until(() => w.states.at(-1) === 'live');
    server.append(start, delta('a'), delta('b'));
    await until(() => w.text() === 'ab');
    server.append(delta('c'));
    await until(() => w.text() === 'abc');
    expect(w.events.map((e) => e.seq)).toEqual([1, 2, 3, 4]);
  });

  it('asks again for events that a gap in seq shows to be missing', async () => {
    let loses = true;
    server.deliver = (socket, event) => {
      if (loses && event.seq === 2) loses = false;
      else socket.emit('comparison:event', event);
    };
    const w = watching();
    await until(() => w.states.at(-1) === 'live');
    server.append(start, delta('a'), delta('b'), delta('c'));
    await until(() => w.text() === 'abc');
    expect(w.events.map((e) => e.seq)).toEqual([1, 2, 3, 4]);
    expect(server.watchRequests.map((r) => r.after)).toEqual([undefined, 1]);
  });

  it('takes a snapshot when the missing events do not come', async () => {
    server.deliver = (socket, event) => void (event.seq !== 2 && socket.emit('comparison:event', event));
    const w = watching();
    await until(() => w.states.at(-1) === 'live');
    server.append(start, delta('a'), delta('b'));
    await until(() => w.text() === 'ab');
    server.append(delta('c'));
    await until(() => w.text() === 'abc');
  });

  it('replaces the state with a snapshot the server sends on its own', async () => {
    const w = watching();
    await until(() => w.states.at(-1) === 'live');
    const { deliver } = server;
    server.deliver = () => undefined;
    server.append(start, delta('a'), delta('b'));
    server.sendSnapshot();
    await until(() => w.text() === 'ab');
    server.deliver = deliver;
    server.append(delta('c'));
    await until(() => w.text() === 'abc');
    expect(server.watchRequests).toHaveLength(1);
  });

  it('resolves `done` at the end with what is stored and goes on for late answers', async () => {
    server.append(start, otherFailed);
    server.stored = () => ({ ...server.state(), metadata: { stored: 'yes' } });
    const w = watching();
    await until(() => w.states.at(-1) === 'live');
    server.append(delta('a'), failed, ending);
    await expect(w.watch.done).resolves.toMatchObject({ status: 'completed', metadata: { stored: 'yes' } });
    expect(w.seen.comparison).toMatchObject({ status: 'completed', metadata: { stored: 'yes' } });
    server.append({ ...start, attempt: 2 } as EventBody);
    await until(() => w.seen.comparison?.answers[0]?.status === 'streaming');
  });

  it('resolves `done` at once for a comparison that ended before', async () => {
    server.append(start, failed, ending);
    const w = watching();
    await expect(w.watch.done).resolves.toMatchObject({ status: 'completed', lastSeq: 3 });
  });

  it('tells of a thousand deltas in far fewer changes', async () => {
    const w = watching();
    await until(() => w.states.at(-1) === 'live');
    server.append(start, ...Array.from({ length: 1000 }, () => delta('x')));
    await until(() => w.text()?.length === 1000);
    expect(w.events).toHaveLength(1001);
    expect(w.seen.changes).toBeLessThan(100);
  });

  it('shares one socket between watches and unhooks each by itself', async () => {
    const client = new PolyphonyClient({ baseUrl: server.url });
    const [one, two] = [watching({}, client), watching({}, client)];
    await until(() => one.states.at(-1) === 'live' && two.states.at(-1) === 'live');
    expect(server.handshakes).toHaveLength(1);
    one.watch.stop();
    server.append(start, delta('a'));
    await until(() => two.text() === 'a');
    expect(one.events).toEqual([]);
    await expect(one.watch.done).rejects.toBeInstanceOf(WatchStoppedError);
  });

  it('rejects `done` when the comparison is refused or the token is bad', async () => {
    server.refuseWatch = () => problem(404, 'not_found');
    await expect(watching().watch.done).rejects.toMatchObject({ problem: { code: 'not_found' } });
    server.refuseHandshake = () => problem(401, 'unauthenticated');
    await expect(watching().watch.done).rejects.toMatchObject({ problem: { code: 'unauthenticated' } });
  });

  it('keeps trying while the server is only temporarily unavailable', async () => {
    const refusals = [problem(503, 'unavailable')];
    server.refuseHandshake = () => refusals.pop();
    const watchRefusals = [problem(503, 'unavailable')];
    server.refuseWatch = () => watchRefusals.pop();
    server.append(start, delta('a'));
    const w = watching();
    await until(() => w.text() === 'a');
    expect(server.handshakes).toHaveLength(2);
    expect(server.watchRequests).toHaveLength(2);
  });

  it('reconnects when a watch is not acknowledged in time', async () => {
    server.silent = true;
    server.append(start, delta('a'));
    const w = watching();
    await until(() => server.watchRequests.length === 1);
    server.silent = false;
    await until(() => w.text() === 'a', 14_000);
    expect(server.handshakes).toHaveLength(2);
  }, 20_000);
});

describe('REST calls', () => {
  function clientSeeing(answer: (url: string, init: RequestInit) => Response) {
    const calls: { url: string; init: RequestInit }[] = [];
    const client = new PolyphonyClient({
      baseUrl: 'http://polyphony.test/base/',
      token: 'key',
      fetch: async (input, init = {}) => {
        calls.push({ url: String(input), init });
        return answer(String(input), init);
      },
    });
    return { client, calls };
  }

  it('sends the key, the body and the idempotency key', async () => {
    const { client, calls } = clientSeeing(() => Response.json(aComparison(), { status: 202 }));
    const input = { prompt: 'Why?', panel: ['sim/sage'] };
    await expect(client.createComparison(input, { idempotencyKey: 'k1' })).resolves.toMatchObject({ id: comparisonId });
    expect(calls[0]).toMatchObject({
      url: 'http://polyphony.test/base/v1/comparisons',
      init: { method: 'POST', headers: { authorization: 'Bearer key', 'idempotency-key': 'k1' }, body: JSON.stringify(input) },
    });
  });

  it('pages lists and leaves out what is not given', async () => {
    const { client, calls } = clientSeeing(() => Response.json({ items: [], nextCursor: null }));
    await client.listComparisons({ limit: 5 });
    expect(calls[0]?.url).toBe('http://polyphony.test/base/v1/comparisons?limit=5');
  });

  it('throws the problem of a refusal', async () => {
    const { client } = clientSeeing(() => Response.json({ ...problem(402, 'budget_exceeded'), limitUsd: '1' }, { status: 402 }));
    const error: unknown = await client.listModels().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ message: 'budget_exceeded.', problem: { code: 'budget_exceeded', limitUsd: '1' } });
  });

  it('makes a problem of a refusal that is none', async () => {
    const { client } = clientSeeing(() => new Response('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' }));
    await expect(client.listModels()).rejects.toMatchObject({
      problem: { status: 502, code: 'unavailable', title: 'Bad Gateway' },
    });
  });

  it('says where nothing answers', async () => {
    const client = new PolyphonyClient({ baseUrl: 'http://127.0.0.1:1' });
    await expect(client.listModels()).rejects.toBeInstanceOf(UnreachableError);
  });

  it('uses the session after signing in outside a browser', async () => {
    const { client, calls } = clientSeeing(() =>
      Response.json({ session: { token: 'session', expiresAt: '2026-01-01T00:00:00.000Z' } }),
    );
    await client.signIn('other-key');
    await client.whoAmI();
    expect(calls[0]?.init.body).toBe('{"key":"other-key"}');
    expect(calls[1]?.init.headers).toMatchObject({ authorization: 'Bearer session' });
  });
});

/** Resolves when the condition holds; fails loudly when it does not in time. */
async function until(condition: () => boolean | undefined, withinMs = 4_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

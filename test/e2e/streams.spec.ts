import type { Ack, Comparison, ComparisonEvent } from '@polyphony/contracts';
import { onBothBackends, until, useHouse, violationsOf } from '@polyphony/testing';

const bare = { summary: false, ranking: 'none' } as const;
const slow = 'openai/sim-sage+tokens=60+rate=80+ttft=0';
const endless = 'chat/sim-scout+tokens=5000+rate=25+ttft=0';

type Reply = Ack<{ seq?: number; snapshot?: Comparison; comparison?: Comparison }>;

onBothBackends('following a comparison', (backend) => {
  const house = useHouse(backend, { apis: 2 });

  /** A connected socket that keeps what it is sent. */
  async function listener(api = 0) {
    const socket = house.socket({ api });
    const events: ComparisonEvent[] = [];
    socket.on('comparison:event', (event: ComparisonEvent) => events.push(event));
    await until(() => socket.connected, 'the socket is connected');
    const send = (name: string, payload: object) => socket.timeout(5_000).emitWithAck(name, payload) as Promise<Reply>;
    const hears = (type: string) => until(() => events.find((event) => event.type === type), `the socket hears ${type}`);
    return { socket, events, send, hears, seqs: () => events.map(({ seq }) => seq) };
  }
  const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, place) => from + place);

  describe('by Server-Sent Events', () => {
    it('brings everything from the beginning, live, and closes after the end', async () => {
      const asked = await house.comparison({ panel: [slow], assessment: bare });
      const stream = house.events(asked.id);
      await stream.event(({ type }) => type === 'answer.delta', 'the first text');
      expect((await asked.read()).status).toBe('answering');
      await stream.closed;
      expect(violationsOf(await asked.read(), stream.events)).toEqual([]);
    });

    it('goes on after the Last-Event-ID, and lets it win over the query', async () => {
      const asked = await house.comparison({ panel: [slow], assessment: bare });
      const whole = house.events(asked.id, { after: 0 });
      await whole.closed;
      const rest = house.events(asked.id, { lastEventId: 5, after: 0, api: 1 });
      await rest.closed;
      expect(rest.events).toEqual(whole.events.slice(5));
    });

    it('puts a log together from connections dropped at any point', async () => {
      const asked = await house.comparison({ panel: [slow, slow], assessment: bare });
      const events: ComparisonEvent[] = [];
      for (let drops = 0; events.at(-1)?.type !== 'comparison.completed'; drops++) {
        const stream = house.events(asked.id, { lastEventId: events.at(-1)?.seq ?? 0, api: drops % 2 });
        await until(() => stream.events.length > 3 || stream.isClosed, 'a few events have come');
        stream.drop();
        await stream.closed;
        events.push(...stream.events);
        if (events.at(-1)?.type === 'comparison.completed') expect(drops).toBeGreaterThan(5);
      }
      expect(violationsOf(await asked.ends(), events)).toEqual([]);
    });

    it('answers 204 when nothing more can follow', async () => {
      const asked = await house.comparison({ panel: ['openai/sim-sage+tokens=5+rate=0+ttft=0'], assessment: bare });
      const { lastSeq } = await asked.ends();
      const stream = house.events(asked.id, { after: lastSeq });
      await stream.closed;
      expect([stream.status, stream.events]).toEqual([204, []]);
    });

    it.each(['after=-1', 'after=x', 'since=1'])('refuses %s', async (query) => {
      const asked = await house.comparison({ panel: ['openai/sim-sage+tokens=5+rate=0+ttft=0'], assessment: bare });
      expect((await house.http('GET', `/v1/comparisons/${asked.id}/events?${query}`)).status).toBe(400);
    });
  });

  describe('by socket', () => {
    it('creates a comparison and follows it from its first event', async () => {
      const { send, hears, events } = await listener();
      const reply = await send('comparison:create', { prompt: house.question(), panel: [slow], assessment: bare });
      expect(reply).toMatchObject({ ok: true, comparison: { status: 'queued' } });
      await hears('comparison.completed');
      const { comparison } = reply as { comparison: Comparison };
      const stored = (await house.http('GET', `/v1/comparisons/${comparison.id}`)).json as Comparison;
      expect(violationsOf(stored, events)).toEqual([]);
    });

    it('sends every socket of every API process the same events', async () => {
      const asked = await house.comparison({ panel: [slow], assessment: bare });
      const watchers = await Promise.all([0, 1, 0, 1].map(listener));
      for (const { send } of watchers)
        expect(await send('comparison:watch', { comparisonId: asked.id, after: 0 })).toEqual({ ok: true, seq: 0 });
      await Promise.all(watchers.map(({ hears }) => hears('comparison.completed')));
      for (const { events } of watchers) expect(events).toEqual(watchers[0]!.events);
      expect(violationsOf(await asked.read(), watchers[0]!.events)).toEqual([]);
    });

    it('goes on after the seq it is told', async () => {
      const asked = await house.comparison({ panel: [slow], assessment: bare });
      const { lastSeq } = await asked.ends();
      const { send, hears, seqs } = await listener(1);
      expect(await send('comparison:watch', { comparisonId: asked.id, after: 4 })).toEqual({ ok: true, seq: 4 });
      await hears('comparison.completed');
      expect(seqs()).toEqual(upTo(lastSeq, 5));
    });

    it('gives a snapshot with the text so far to whoever comes without a seq, and what follows it', async () => {
      const asked = await house.comparison({ panel: [slow], assessment: bare });
      await asked.hasWritten(0, 20);
      const { send, hears, events, seqs } = await listener();
      const reply = (await send('comparison:watch', { comparisonId: asked.id })) as { seq: number; snapshot: Comparison };
      expect(reply.snapshot).toMatchObject({ status: 'answering', lastSeq: reply.seq });
      await hears('comparison.completed');
      const { lastSeq, answers } = await asked.read();
      expect(seqs()).toEqual(upTo(lastSeq, reply.seq + 1));
      const rest = events.map((event) => (event.type === 'answer.delta' ? event.text : '')).join('');
      expect(reply.snapshot.answers[0]!.text + rest).toBe(answers[0]!.text);
    });

    it('delivers nothing twice to a socket that watches twice', async () => {
      const asked = await house.comparison({ panel: [slow], assessment: bare });
      const { send, hears, seqs } = await listener();
      await Promise.all([1, 2, 3].map(() => send('comparison:watch', { comparisonId: asked.id, after: 0 })));
      await hears('comparison.completed');
      const { lastSeq } = await asked.read();
      expect(seqs().slice(seqs().lastIndexOf(1))).toEqual(upTo(lastSeq));
    });

    it('sends nothing more after unwatch, and everything again when asked', async () => {
      const asked = await house.comparison({ panel: [endless], assessment: bare });
      const { send, hears, events, seqs } = await listener();
      await send('comparison:watch', { comparisonId: asked.id, after: 0 });
      await hears('answer.delta');
      expect(await send('comparison:unwatch', { comparisonId: asked.id })).toEqual({ ok: true });
      const heard = events.length;
      await asked.hasWritten(0, (await asked.answer(0)).text.length + 60);
      expect(events).toHaveLength(heard);
      await send('comparison:watch', { comparisonId: asked.id, after: heard });
      await send('comparison:cancel', { comparisonId: asked.id });
      await hears('comparison.cancelled');
      expect(seqs()).toEqual(upTo((await asked.read()).lastSeq));
    });

    it('cancels and finishes', async () => {
      const { send, hears } = await listener();
      const cancelled = await house.comparison({ panel: [endless], assessment: bare });
      await send('comparison:watch', { comparisonId: cancelled.id, after: 0 });
      expect(await send('comparison:cancel', { comparisonId: cancelled.id })).toEqual({ ok: true });
      await hears('comparison.cancelled');
      const finished = await house.comparison({ panel: ['openai/sim-sage+tokens=5+rate=0+ttft=0', endless], assessment: bare });
      await finished.shows(({ answers }) => answers[0]!.status === 'completed', 'one answer');
      expect(await send('comparison:finish', { comparisonId: finished.id, cancelRest: true })).toEqual({ ok: true });
      expect((await finished.ends()).answers.map(({ status }) => status)).toEqual(['completed', 'cancelled']);
    });

    it('answers what it cannot do with a problem', async () => {
      const { send } = await listener();
      const unknown = '0190f3a0-0000-7000-8000-000000000000';
      expect(await send('comparison:watch', { comparisonId: unknown })).toMatchObject({
        ok: false,
        problem: { code: 'not_found', status: 404 },
      });
      expect(await send('comparison:cancel', { comparisonId: unknown })).toMatchObject({
        ok: false,
        problem: { code: 'not_found' },
      });
      expect(await send('comparison:create', { panel: [] })).toMatchObject({ ok: false, problem: { code: 'invalid_request' } });
      expect(await send('comparison:watch', { comparisonId: 'x', extra: 1 })).toMatchObject({
        ok: false,
        problem: { code: 'invalid_request' },
      });
    });

    it.each([
      ['a wrong token', 'not-the-key-of-anybody'],
      ['an empty token', ''],
    ])('refuses the handshake with %s', async (_, token) => {
      const socket = house.socket({ token });
      const error = await new Promise<Error & { data?: object }>((resolve) => socket.once('connect_error', resolve));
      expect(error.data).toMatchObject({ code: 'unauthenticated', status: 401 });
    });
  });
});

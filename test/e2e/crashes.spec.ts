import type { ComparisonEvent } from '@polyphony/contracts';
import { PolyphonyClient } from '@polyphony/client';
import { JobQueue } from '@polyphony/queue';
import { type Asked, adminKey, onBothBackends, until, useHouse, violationsOf } from '@polyphony/testing';

const bare = { summary: false, ranking: 'none' } as const;
/** About two and a half seconds of text. */
const panel = [
  'openai/sim-sage+tokens=100+rate=40+ttft=0',
  'anthropic/sim-bard+tokens=100+rate=40+ttft=0',
  'chat/sim-scout+tokens=100+rate=40+ttft=0',
];
/** Lease, sweep and queue together may take this long to notice that a worker is gone. */
const recoveryMs = 15_000;

onBothBackends('when processes die', (backend) => {
  const house = useHouse(backend, { workers: 2, apis: 2 });

  afterEach(async () => {
    for (const process of [...house.apis, ...house.workers]) {
      process.thaw();
      if (!process.isRunning) await process.start();
    }
  });

  async function textsAreExact(asked: Asked): Promise<void> {
    const { answers } = await asked.read();
    expect(answers.map(({ text }) => text)).toEqual(answers.map(({ model }) => asked.expectedText(model)));
    expect(await asked.violations()).toEqual([]);
  }

  describe('a worker', () => {
    it('killed in mid-stream: others write its answers anew, whole, and the lost attempts are on record', async () => {
      const asked = await house.comparison({ panel: [...panel, ...panel], assessment: bare });
      for (const slot of [0, 1, 2, 3, 4, 5]) await asked.hasWritten(slot);
      const victim = await ownerOf('answer', asked.id, 0);
      await victim.kill();
      const at = Date.now();
      const comparison = await asked.ends(recoveryMs + 6_000);
      const lost = comparison.answers.filter(({ attempts }) => attempts.length > 1);
      expect(lost.length).toBeGreaterThan(0);
      for (const { attempts } of lost) {
        expect(attempts.map(({ status }) => status)).toEqual(['lost', 'completed']);
        expect(new Date(attempts[1]!.startedAt).getTime() - at).toBeLessThan(recoveryMs);
      }
      expect(comparison.status).toBe('completed');
      await textsAreExact(asked);
    });

    it('asked to go in mid-stream: finishes or hands back what it has, and exits with 0', async () => {
      const asked = await house.comparison({
        panel: [...panel, 'chat/sim-skeptic+tokens=2000+rate=40+ttft=0'],
        assessment: bare,
      });
      for (const slot of [0, 1, 2, 3]) await asked.hasWritten(slot);
      const leaving = await ownerOf('answer', asked.id, 3);
      expect(await leaving.terminate()).toEqual({ code: 0, signal: null });
      const goingOn = await asked.shows(
        ({ answers }) => answers[3]!.attempts[1]?.status === 'running',
        'the next attempt of slot 3',
      );
      expect(goingOn.answers.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed', 'streaming']);
      expect(goingOn.answers[3]!.attempts[0]).toMatchObject({
        error: { code: 'interrupted' },
        cost: { basis: 'estimated' },
      });
      await asked.post(`answers/${goingOn.answers[3]!.id}/cancel`);
      const { answers } = await asked.ends();
      expect(answers.slice(0, 3).map(({ text }) => text)).toEqual(panel.map((model) => asked.expectedText(model)));
      expect(await asked.violations()).toEqual([]);
    });

    it('is not needed for what another was given twice: the same job delivered again changes nothing', async () => {
      const asked = await house.comparison({ panel, assessment: bare });
      const queue = await JobQueue.open({
        databaseUrl: house.database.url,
        ...(house.redis && { redisUrl: house.redis.url }),
        poolSize: 2,
        workers: 0,
        onTrouble: () => undefined,
      });
      try {
        for (const copy of [1, 2, 3]) {
          for (const { id, model } of asked.accepted.answers)
            expect(
              await queue.producer.add([
                { name: 'answer', payload: { answerId: id }, provider: model.split('/')[0]!, id: `again-${id}-${copy}` },
              ]),
            ).toBe(true);
          await asked.hasWritten(0, copy * 20);
        }
        const comparison = await asked.ends();
        expect(comparison.answers.map(({ attempts }) => attempts.length)).toEqual([1, 1, 1]);
        expect(asked.calls()).toHaveLength(3);
        await textsAreExact(asked);
      } finally {
        await queue.onApplicationShutdown();
      }
    });
  });

  describe('an API process', () => {
    it('killed and started again: a watcher sees every event once and in order', async () => {
      const asked = await house.comparison({ panel, assessment: bare }, 1);
      const events: ComparisonEvent[] = [];
      const states: string[] = [];
      const client = new PolyphonyClient({ baseUrl: house.url(0), token: adminKey });
      const watch = client.watch(asked.id, {
        after: 0,
        onEvent: (event) => events.push(event),
        onConnection: (state) => states.push(state),
      });
      await until(() => events.length > 20, 'twenty events are seen');
      await house.apis[0]!.kill();
      await asked.hasWritten(0, 300);
      await house.apis[0]!.start();
      const seen = await watch.done;
      await until(() => events.at(-1)?.type === 'comparison.completed', 'the watcher has seen the end');
      watch.stop();
      expect(states).toEqual(expect.arrayContaining(['live', 'lost']));
      expect(violationsOf(await asked.read(), events)).toEqual([]);
      expect(seen.answers.map(({ text }) => text)).toEqual(panel.map((model) => asked.expectedText(model)));
    });
  });

  it('clients that drop and come back many times each see every event once and in order', async () => {
    const asked = await house.comparison({ panel, assessment: bare });
    const watchers = await Promise.all(
      [0, 1, 0, 1].map(async (start) => {
        const events: ComparisonEvent[] = [];
        let visits = 0;
        for (; events.at(-1)?.type !== 'comparison.completed'; visits++) {
          const socket = house.socket({ api: (start + visits) % 2 });
          socket.on('comparison:event', (event: ComparisonEvent) => events.push(event));
          await until(() => socket.connected, 'the socket is connected');
          const before = events.length;
          socket.emit('comparison:watch', { comparisonId: asked.id, after: events.at(-1)?.seq ?? 0 });
          await until(
            () => events.length > before + 5 || events.at(-1)?.type === 'comparison.completed',
            'some events have come',
          );
          socket.disconnect();
        }
        return { events, visits };
      }),
    );
    const comparison = await asked.ends();
    for (const { events, visits } of watchers) {
      expect(visits).toBeGreaterThanOrEqual(10);
      expect(violationsOf(comparison, events)).toEqual([]);
    }
  });

  // What the database alone decides is the same on both.
  if (backend === 'postgres')
    describe('what leases and fences see to', () => {
      it('a worker killed while assessing: the assessment is finished by another', async () => {
        const judges = ['chat/sim-scout+slowJudge=2500', 'openai/sim-sage+slowJudge=2500'];
        const asked = await house.comparison({
          panel: ['openai/sim-sage+tokens=20+rate=0+ttft=0', 'anthropic/sim-bard+tokens=20+rate=0+ttft=0'],
          assessment: { summary: false, judges },
        });
        await until(
          () =>
            house.calls().filter(({ model, finishedAt }) => judges.some((judge) => judge.endsWith(model!)) && !finishedAt)
              .length === 4,
          'four ballots are asked for',
        );
        await (await ownerOf('step', asked.id)).kill();
        const comparison = await asked.ends(recoveryMs + 5_000);
        expect(comparison).toMatchObject({ status: 'completed', ranking: { version: 1, mode: 'panel', judges: { length: 2 } } });
        expect(await asked.violations()).toEqual([]);
      });

      it('a worker asleep beyond its lease and woken: nothing it still writes is taken', async () => {
        const asked = await house.comparison({ panel, assessment: bare });
        for (const slot of [0, 1, 2]) await asked.hasWritten(slot);
        const sleeper = await ownerOf('answer', asked.id, 0);
        sleeper.freeze();
        const slept = await asked.shows(
          ({ answers }) => answers.every(({ status }) => status === 'completed'),
          'every answer complete',
          recoveryMs + 6_000,
        );
        expect(slept.answers[0]!.attempts.map(({ status }) => status)).toEqual(['lost', 'completed']);
        const before = await asked.log();
        sleeper.thaw();
        // The first thing it can say truthfully is what the lost call has cost.
        await asked.shows(({ answers }) => answers[0]!.attempts[0]!.cost.usd !== null, 'that the sleeper has had its say');
        expect(await asked.log()).toEqual(before);
        expect((await asked.read()).answers.map(({ text, attempt }) => ({ text, attempt }))).toEqual(
          slept.answers.map(({ text, attempt }) => ({ text, attempt })),
        );
        await textsAreExact(asked);
      });

      it('an API process asked to go: ends its streams, exits with 0, and the comparison goes on', async () => {
        const asked = await house.comparison({ panel, assessment: bare }, 1);
        const stream = house.events(asked.id, { api: 0 });
        await stream.event(({ type }) => type === 'answer.delta', 'the first text');
        expect(await house.apis[0]!.terminate()).toEqual({ code: 0, signal: null });
        await stream.closed;
        await asked.ends();
        const rest = house.events(asked.id, { lastEventId: stream.events.at(-1)!.seq, api: 1 });
        await rest.closed;
        expect(violationsOf(await asked.read(), [...stream.events, ...rest.events])).toEqual([]);
      });
    });

  /** The worker that holds the lease of an answer or step of this comparison, by the owner it names in its log. */
  async function ownerOf(table: 'answer' | 'step', comparisonId: string, slot?: number) {
    const rows = await until(async () => {
      const found = await house.database.query<{ owner: string }>(
        `SELECT lease_owner AS owner FROM ${table} WHERE comparison_id = $1 AND lease_owner IS NOT NULL ${slot === undefined ? '' : `AND slot = ${slot}`}`,
        [comparisonId],
      );
      return found.length > 0 && found;
    }, `a ${table} is leased`);
    return house.workers.find(({ output }) => output.includes(rows[0]!.owner))!;
  }
});

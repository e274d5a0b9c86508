import { type Asked, onPostgres, onRedis, until, useHouse, violationsOf } from '@polyphony/testing';

const bare = { summary: false, ranking: 'none' } as const;
/** About two and a half seconds of text. */
const panel = ['openai/sim-sage+tokens=100+rate=40+ttft=0', 'anthropic/sim-bard+tokens=100+rate=40+ttft=0'];
const quick = 'chat/sim-scout+tokens=10+rate=0+ttft=0';

async function textsAreExact(asked: Asked): Promise<void> {
  const { answers, status } = await asked.read();
  expect(status).toBe('completed');
  expect(answers.map(({ text }) => text)).toEqual(answers.map(({ model }) => asked.expectedText(model)));
  expect(await asked.violations()).toEqual([]);
}

onPostgres('when PostgreSQL breaks down', (backend) => {
  const house = useHouse(backend, { ownPostgres: true, workers: 2 });
  const postgres = () => house.database as unknown as { breakDown(): Promise<void>; comeBack(): Promise<void> };

  it('refuses submissions within two seconds while it is away, and says that it is not ready', async () => {
    await postgres().breakDown();
    const at = Date.now();
    const reply = await house.http('POST', '/v1/comparisons', { body: { prompt: 'anyone there?', panel: [quick] } });
    expect(reply).toMatchObject({ status: 503, json: { code: 'unavailable' } });
    expect(reply.headers.get('retry-after')).toBeTruthy();
    expect(Date.now() - at).toBeLessThan(2_000);
    expect((await house.http('GET', '/v1/comparisons')).status).toBe(503);
    expect((await house.http('GET', '/health/live', { key: null })).status).toBe(200);
    expect((await house.http('GET', '/health/ready', { key: null })).status).toBe(503);
    await postgres().comeBack();
    await house.becomesReady();
    const asked = await house.comparison({ panel: [quick], assessment: bare });
    await asked.ends();
    await textsAreExact(asked);
  });

  it('goes on in mid-stream once it is back: nothing lost, nothing doubled', async () => {
    const asked = await house.comparison({ panel });
    const stream = house.events(asked.id, { after: 0 });
    for (const slot of [0, 1]) await asked.hasWritten(slot, 100);
    await postgres().breakDown();
    await postgres().comeBack();
    await until(() => asked.read(), 'the comparison can be read again');
    await asked.ends(40_000);
    await textsAreExact(asked);
    await stream.closed;
    expect(violationsOf(await asked.read(), stream.events)).toEqual([]);
  });

  it('goes on in mid-stream even after a while without it', async () => {
    const asked = await house.comparison({ panel, assessment: bare });
    for (const slot of [0, 1]) await asked.hasWritten(slot, 100);
    await postgres().breakDown();
    await until(() => asked.calls().every(({ finishedAt }) => finishedAt !== null), 'the models have said all they had to say');
    await postgres().comeBack();
    await until(() => asked.read(), 'the comparison can be read again');
    await asked.ends(40_000);
    await textsAreExact(asked);
  });
});

onRedis('when Redis breaks down', (backend) => {
  const house = useHouse(backend, { workers: 2 });

  it('goes on in mid-stream through a crash and restart', async () => {
    const asked = await house.comparison({ panel });
    const stream = house.events(asked.id, { after: 0 });
    for (const slot of [0, 1]) await asked.hasWritten(slot, 60);
    await house.redis!.breakDown();
    await asked.hasWritten(0, 300); // text flows without it
    await house.redis!.comeBack();
    await asked.ends(40_000);
    await textsAreExact(asked);
    await stream.closed;
    expect(violationsOf(await asked.read(), stream.events)).toEqual([]);
  });

  it('takes submissions while it is away, within two seconds each, and answers them once it is back', async () => {
    await house.redis!.breakDown();
    const at = Date.now();
    const reply = await house.http('POST', '/v1/comparisons', {
      body: { prompt: house.question(), panel: [quick], assessment: bare },
    });
    expect(Date.now() - at).toBeLessThan(2_000);
    expect([202, 503]).toContain(reply.status);
    expect((await house.http('GET', '/health/ready', { key: null })).status).toBe(503);
    await house.redis!.comeBack();
    await house.becomesReady();
    if (reply.status !== 202) return;
    await until(
      async () => (await house.http('GET', `/v1/comparisons/${reply.json.id}`)).json.status === 'completed',
      'it is answered',
      40_000,
    );
  });

  it('goes on in mid-stream after everything in it is deleted', async () => {
    const asked = await house.comparison({ panel });
    for (const slot of [0, 1]) await asked.hasWritten(slot, 60);
    await house.redis!.flush();
    await asked.ends(40_000);
    await textsAreExact(asked);
  });

  it('rebuilds from the rows what was deleted before it ran', async () => {
    for (const worker of house.workers) await worker.kill();
    const waiting = await Promise.all([1, 2, 3].map(() => house.comparison({ panel: [quick, quick], assessment: bare })));
    await house.redis!.flush();
    for (const worker of house.workers) await worker.start();
    for (const asked of waiting) {
      await asked.ends(40_000);
      await textsAreExact(asked);
      expect(asked.calls()).toHaveLength(2);
    }
  });

  it('forgets no deadline that was deleted with it', async () => {
    const asked = await house.comparison({
      panel: ['chat/sim-scout+tokens=5000+rate=25+ttft=0'],
      assessment: bare,
      policy: { deadlineMs: 3_000 },
    });
    await asked.hasWritten(0);
    await house.redis!.flush();
    const comparison = await asked.ends(15_000);
    expect(comparison).toMatchObject({ status: 'failed', answers: [{ status: 'expired' }] });
  });
});

onPostgres('when no worker is there', (backend) => {
  const house = useHouse(backend, { workers: 1 });

  it('takes questions and says that it is not ready; when one comes all are answered, even those whose jobs are gone', async () => {
    await house.workers[0]!.kill();
    const asked = await house.comparison({ panel: [quick, quick], assessment: bare });
    const tables = await house.database.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'`,
    );
    await house.database.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')} CASCADE`);
    const isNotReady = async () => (await house.http('GET', '/health/ready', { key: null })).status === 503;
    await until(isNotReady, 'it is not ready', 40_000);
    const reply = await house.http('GET', '/health/ready', { key: null });
    expect(reply.json).toMatchObject({
      code: 'unavailable',
      checks: { database: { ok: true }, queue: { ok: true }, eventLog: { ok: true }, workers: { ok: false } },
    });
    expect((await asked.read()).status).toBe('queued');
    await house.workers[0]!.start();
    await house.becomesReady();
    await asked.ends(40_000);
    await textsAreExact(asked);
  });
});

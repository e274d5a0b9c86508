import { sweepBeat } from './sweep.js';
import { Heart } from './heart.fixture.js';

jest.setTimeout(30_000);

let heart: Heart;
beforeAll(async () => {
  heart = await Heart.open();
});
afterAll(() => heart?.close());

const rankingOnly = { summary: false, ranking: 'panel' as const, synthesis: false };

async function jobIds(): Promise<string[]> {
  const queues = heart.queue.producer.dashboardQueues(['openai']);
  return (await Promise.all(queues.map((queue) => queue.getJobs(['waiting', 'delayed'])))).flat().map((job) => job.id!);
}

async function loseJobs(): Promise<void> {
  for (const queue of heart.queue.producer.dashboardQueues(['openai'])) await queue.drain(true);
}

it('gives a waiting answer and a waiting step whose jobs were lost a job again, once in a while', async () => {
  const { id, answers } = await heart.comparison({ assessment: rankingOnly });
  for (const answerId of answers) await heart.answer(answerId);
  const waiting = await heart.comparison();
  await loseJobs();
  await heart.sweep.repair();
  expect(await jobIds()).toEqual([]);
  for (const one of [id, waiting.id]) await heart.elapse(one, 11_000);
  await heart.sweep.repair();
  await heart.sweep.repair();
  const ids = await jobIds();
  expect(ids.filter((job) => job.startsWith('rank-')).length).toBeGreaterThan(0);
  for (const answerId of waiting.answers)
    expect(ids.filter((job) => job.startsWith(`answer-${answerId}-1-`)).length).toBeGreaterThan(0);
  expect(ids.length).toBeLessThanOrEqual(6); // the period may turn between the two sweeps
  await heart.control.cancel(heart.owner.workspaceId, waiting.id);
});

it('does not hurry an answer that its model asked to wait for', async () => {
  const { id, answers } = await heart.comparison({ slots: 1 });
  const cost = { nanos: 0n, basis: 'exact' as const };
  const failure = { code: 'rateLimit', message: 'Slow down.', retryable: true };
  await heart.recorder.fail(await heart.claim(answers[0]!), { text: '', failure, usage: null, provider: null, cost }, { next: 'retry', delayMs: 60_000 }); // prettier-ignore
  await heart.elapse(id, 20_000);
  await loseJobs();
  await heart.sweep.repair();
  expect((await jobIds()).filter((job) => job.includes(answers[0]!))).toEqual([]);
});

it('takes answers and steps back from a worker that is gone, and the comparison goes on to its end', async () => {
  const { id, answers } = await heart.comparison({ slots: 1, assessment: rankingOnly });
  await heart.claim(answers[0]!);
  await heart.elapse(id, 9_000);
  await heart.sweep.repair();
  await heart.answer(answers[0]!);
  const [step] = await heart.sql.query<{ id: string }>(`SELECT id FROM step WHERE comparison_id = $1`, [id]);
  const zombie = (await heart.steps.claim(step!.id, heart.worker, 8_000))!;
  expect(await heart.steps.claim(step!.id, heart.worker, 8_000)).toBeNull();
  await heart.elapse(id, 9_000);
  expect(await heart.step(step!.id)).toBe('rank');
  expect(await heart.steps.failSynthesis(zombie, { code: 'x', message: 'x', retryable: false })).toBe(false);
  expect(await heart.view(id)).toMatchObject({ status: 'completed', answers: [{ attempt: 2 }] });
});

it('ends the waiting of a comparison whose deadline or grace passed unnoticed', async () => {
  const deadline = await heart.comparison();
  const grace = await heart.comparison({ assessment: rankingOnly, policy: { minAnswers: 1, graceMs: 5_000 } });
  await heart.answer(grace.answers[0]!);
  await heart.elapse(deadline.id, 200_000);
  await heart.elapse(grace.id, 6_000);
  await heart.sweep.repair();
  expect(await heart.view(deadline.id)).toMatchObject({ status: 'failed' });
  expect(await heart.view(grace.id)).toMatchObject({ status: 'assessing' });
});

it('moves on a comparison that nothing else would move', async () => {
  const { id, answers } = await heart.comparison({ slots: 1, assessment: { summary: false, ranking: 'none' } });
  await heart.claim(answers[0]!);
  await heart.sql.query(`UPDATE answer SET status = 'completed' WHERE comparison_id = $1`, [id]);
  await heart.sweep.repair();
  expect(await heart.view(id)).toMatchObject({ status: 'completed' });
});

it('changes nothing where nothing is amiss', async () => {
  const { id, answers } = await heart.comparison();
  await heart.claim(answers[0]!);
  const before = await heart.view(id);
  await heart.sweep.repair();
  expect(await heart.view(id)).toEqual(before);
});

it('is done by one worker when several come at once, and leaves a heartbeat', async () => {
  await heart.sql.query(`DELETE FROM heartbeat`);
  expect(await heart.sweep.sinceLast()).toBeNull();
  const repair = jest.spyOn(heart.sweep, 'repair');
  await Promise.all(Array.from({ length: 5 }, () => heart.sweep.run()));
  expect(repair).toHaveBeenCalledTimes(1);
  repair.mockRestore();
  expect(await heart.sweep.sinceLast()).toBeLessThan(5_000);
  expect(await heart.sql.query(`SELECT name FROM heartbeat`)).toEqual([{ name: sweepBeat }]);
});

describe('a log that has been kept long enough', () => {
  it('is dropped; who was up to date goes on, who was not needs a snapshot, and the numbers go on', async () => {
    const { id, answers } = await heart.comparison({ slots: 1, assessment: rankingOnly });
    await heart.answer(answers[0]!);
    await heart.work(id);
    const { lastSeq } = await heart.view(id);
    const reaches = (after: number): Promise<boolean> => heart.log.reader.reachesBackTo(id, after);
    expect(await reaches(0)).toBe(true);
    await heart.sweep.repair();
    expect(await heart.events(id)).toHaveLength(lastSeq);

    await heart.sql.query(`UPDATE comparison_log SET trim_after = now() - interval '1 second' WHERE comparison_id = $1`, [id]);
    await heart.sweep.repair();
    expect(await heart.events(id)).toEqual([]);
    expect([await reaches(0), await reaches(lastSeq - 1), await reaches(lastSeq)]).toEqual([false, false, true]);
    expect(await heart.view(id)).toMatchObject({ lastSeq, status: 'completed', answers: [{ text: 'Because.' }] });

    await heart.control.retryAnswer(heart.owner.workspaceId, id, answers[0]!);
    expect((await heart.events(id))[0]).toMatchObject({ seq: lastSeq + 1 });
  });

  it('is kept when the comparison was reopened in the meantime', async () => {
    const { id, answers } = await heart.comparison({ slots: 1, assessment: rankingOnly });
    await heart.answer(answers[0]!);
    await heart.work(id);
    await heart.control.retryAnswer(heart.owner.workspaceId, id, answers[0]!);
    expect(await heart.sql.query(`SELECT trim_after FROM comparison_log WHERE comparison_id = $1`, [id])).toEqual([
      { trim_after: null },
    ]);
  });
});

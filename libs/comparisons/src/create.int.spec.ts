import { CreateComparison, type CreateComparisonInput } from '@polyphony/contracts';
import { v7 as uuid } from 'uuid';
import { Heart } from './heart.fixture.js';

jest.setTimeout(30_000);

let heart: Heart;
beforeAll(async () => {
  heart = await Heart.open();
});
afterAll(() => heart?.close());

function create(change: Partial<CreateComparisonInput>, key: string | null = null) {
  const request = CreateComparison.parse({ prompt: 'Why?', panel: ['openai/a', 'openai/b'], ...change });
  return heart.creator.create(heart.owner, request, key);
}

async function countOf(key: string): Promise<number> {
  return (await heart.sql.query(`SELECT 1 FROM comparison WHERE idempotency_key = $1`, [key])).length;
}

it('gives the new comparison as reading it gives it', async () => {
  const { comparison, created } = await create({ system: 'Be kind.', metadata: { a: 'b' }, maxCostUsd: '1' });
  expect(created).toBe(true);
  expect(comparison).toEqual(await heart.view(comparison.id));
  expect(await heart.told(comparison.id)).toEqual(['queued']);
});

it('queues a job for every answer and one for the deadline', async () => {
  const { comparison } = await create({ panel: ['openai/a', 'openai/a', 'openai/b'] });
  const [answers, timers] = heart.queue.producer.dashboardQueues(['openai']).filter(({ name }) => name !== 'steps');
  const ids = (await answers!.getJobs(['waiting'])).map((job) => job.id);
  expect(ids).toEqual(expect.arrayContaining(comparison.answers.map(({ id }) => `answer-${id}-1`)));
  const delayed = (await timers!.getJobs(['delayed'])).map((job) => job.data as unknown);
  expect(delayed).toContainEqual({ comparisonId: comparison.id });
});

describe('an idempotency key', () => {
  it('used by twenty requests at once makes one comparison, and only one of them made it', async () => {
    const key = uuid();
    const made = await Promise.all(Array.from({ length: 20 }, () => create({}, key)));
    expect(new Set(made.map(({ comparison }) => comparison.id)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
    expect(await countOf(key)).toBe(1);
    expect(await heart.told(made[0]!.comparison.id)).toEqual(['queued']);
  });

  it('used by twenty different requests at once lets one through', async () => {
    const key = uuid();
    const made = await Promise.allSettled(Array.from({ length: 20 }, (_, nth) => create({ prompt: `Why ${nth}?` }, key)));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of made) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'idempotency_conflict' });
    expect(await countOf(key)).toBe(1);
  });

  it('takes a request that differs only in the order of its members for the same', async () => {
    const key = uuid();
    const { comparison } = await create({ metadata: { a: '1', b: '2' }, policy: { minAnswers: 1, deadlineMs: 5_000 } }, key);
    const again = await create({ policy: { deadlineMs: 5_000, minAnswers: 1 }, metadata: { b: '2', a: '1' } }, key);
    expect(again).toMatchObject({ created: false, comparison: { id: comparison.id } });
  });

  it('gives the first comparison as it is now', async () => {
    const key = uuid();
    const { comparison } = await create({}, key);
    await heart.control.cancel(heart.owner.workspaceId, comparison.id);
    expect(await create({}, key)).toMatchObject({ created: false, comparison: { status: 'cancelled' } });
  });

  it('of another workspace is another key', async () => {
    const key = uuid();
    const { comparison } = await create({}, key);
    const other = { workspaceId: uuid(), id: uuid() };
    await heart.sql.query(`INSERT INTO workspace (id, name) VALUES ($1, 'other')`, [other.workspaceId]);
    const request = CreateComparison.parse({ prompt: 'Why?', panel: ['openai/a', 'openai/b'] });
    const theirs = await heart.creator.create(other, request, key);
    expect(theirs.created).toBe(true);
    expect(theirs.comparison.id).not.toBe(comparison.id);
  });
});

describe('is refused, and nothing is stored,', () => {
  it.each<[string, Partial<CreateComparisonInput>, object]>([
    ['a provider that is not configured', { panel: ['nobody/x'] }, { code: 'unknown_model', status: 400 }],
    ['a judge of a provider that is not configured', { assessment: { judges: ['nobody/x'] } }, { code: 'unknown_model' }],
    ['a question that is too long', { prompt: 'x'.repeat(200_001) }, { code: 'too_large', status: 413 }],
    ['a ceiling below the estimate', { maxCostUsd: '0.000000001' }, { code: 'budget_exceeded', status: 402, members: { limitUsd: '0.000000001', estimateUsd: expect.any(String) } }], // prettier-ignore
  ])('%s', async (_, change, refusal) => {
    const key = uuid();
    await expect(create(change, key)).rejects.toMatchObject(refusal);
    expect(await countOf(key)).toBe(0);
  });
});

it('an estimate stores nothing', async () => {
  const [before] = await heart.sql.query<{ count: string }>(`SELECT count(*) AS count FROM comparison`);
  const estimate = await heart.creator.estimate(CreateComparison.parse({ prompt: 'Why?', panel: ['openai/a'], dryRun: true }));
  expect(estimate.perAnswer).toMatchObject([{ slot: 0, model: 'openai/a', costUsd: expect.stringMatching(/^0\.\d+$/) }]);
  expect(await heart.sql.query(`SELECT count(*) AS count FROM comparison`)).toEqual([before]);
});

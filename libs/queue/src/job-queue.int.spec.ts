import 'reflect-metadata';
import { type Backend, RedisServer, type TestDatabase, cloneDatabase, onBothBackends, onRedis, until } from '@polyphony/testing';
import { migrateQueue } from './backend.js';
import { type JobName, type NewJob, jobs } from './catalogue.js';
import type { JobHandler } from './handler.js';
import { JobQueue } from './queue.module.js';

jest.setTimeout(30_000);

const ids = Array.from({ length: 30 }, (_, nth) => `019a0000-0000-7000-8000-${String(nth).padStart(12, '0')}`);

interface Done {
  name: JobName;
  payload: object;
  at: number;
}

/** One queue's servers, and the processes that use it. */
class Deployment {
  database!: TestDatabase;
  redis: RedisServer | null = null;
  readonly troubles: unknown[] = [];
  private readonly open: JobQueue[] = [];

  constructor(private readonly backend: Backend) {}

  async start(): Promise<void> {
    this.database = await cloneDatabase();
    if (this.backend === 'redis') this.redis = await RedisServer.start();
    const { settings } = this;
    await migrateQueue(settings);
    await migrateQueue(settings);
  }

  private get settings(): { databaseUrl: string; redisUrl?: string; poolSize: number } {
    return { databaseUrl: this.database.url, poolSize: 3, ...(this.redis && { redisUrl: this.redis.url }) };
  }

  async process(workers = 0): Promise<JobQueue> {
    const queue = await JobQueue.open({ ...this.settings, workers, onTrouble: (error) => this.troubles.push(error) });
    this.open.push(queue);
    return queue;
  }

  /** A process that does these jobs and notes them. */
  async worker(done: Done[], work: (name: JobName) => Promise<void> = async () => undefined, concurrency = 4): Promise<JobQueue> {
    const queue = await this.process(3);
    const handlers = new Map(
      (Object.keys(jobs) as JobName[]).map((name): [JobName, JobHandler<JobName>] => [
        name,
        {
          handle: async (payload) => {
            done.push({ name, payload, at: Date.now() });
            await work(name);
          },
        },
      ]),
    );
    await queue.consume(handlers, new Map([['answers-openai', concurrency], ['steps', concurrency], ['timers', 1]])); // prettier-ignore
    return queue;
  }

  async shut(queue: JobQueue): Promise<void> {
    this.open.splice(this.open.indexOf(queue), 1);
    await queue.drain();
    await queue.onApplicationShutdown();
  }

  /** Every queue empty, for the next test. */
  async clear(): Promise<void> {
    for (const queue of [...this.open]) await this.shut(queue);
    this.troubles.length = 0;
    const queue = await this.process();
    for (const each of queue.producer.dashboardQueues(['openai'])) await each.obliterate({ force: true });
    await this.shut(queue);
  }

  async close(): Promise<void> {
    for (const queue of [...this.open]) await this.shut(queue);
    await this.redis?.close();
    await this.database.close();
  }
}

function answer(nth: number, change: { id?: string; delayMs?: number } = {}): NewJob {
  return { name: 'answer', provider: 'openai', payload: { answerId: ids[nth]! }, id: `answer-${ids[nth]}-1`, ...change };
}

onBothBackends('the queue', (backend) => {
  const deployment = new Deployment(backend);
  beforeAll(() => deployment.start());
  afterEach(() => deployment.clear());
  afterAll(() => deployment.close());

  it('brings every job of a batch to its handler once, through the queue it belongs to', async () => {
    const done: Done[] = [];
    await deployment.worker(done);
    await deployment.worker(done);
    const steps: NewJob[] = ids.slice(20, 25).map((stepId) => ({ name: 'rank', payload: { stepId }, id: `rank-${stepId}-1` }));
    expect(await (await deployment.process()).producer.add([...ids.slice(0, 20).map((_, nth) => answer(nth)), ...steps])).toBe(
      true,
    );
    await until(() => done.length >= 25, 'all are done');
    expect(done.map(({ payload }) => Object.values(payload)[0] as string).sort()).toEqual(ids.slice(0, 25));
    expect(done.filter(({ name }) => name === 'rank')).toHaveLength(5);
    expect(deployment.troubles).toEqual([]);
  });

  it('takes a job of the same id that still waits for the same job, and one that is done for a new one', async () => {
    const { producer } = await deployment.process();
    await Promise.all([producer.add([answer(0)]), producer.add([answer(0)]), producer.add([answer(0), answer(1)])]);
    expect((await producer.counts(['openai']))['answers-openai']).toMatchObject({ waiting: 2 });
    const done: Done[] = [];
    await deployment.worker(done);
    await until(() => done.length === 2, 'both are done');
    await until(async () => (await producer.counts(['openai']))['answers-openai']!.active === 0, 'both are removed');
    await producer.add([answer(0)]);
    await until(() => done.length === 3, 'it is done again');
  });

  it('holds a delayed job back for its time', async () => {
    const done: Done[] = [];
    await deployment.worker(done);
    const began = Date.now();
    await (await deployment.process()).producer.add([answer(0, { delayMs: 700 }), answer(1)]);
    await until(() => done.length === 2, 'both are done');
    expect((done[0]!.payload as { answerId: string }).answerId).toBe(ids[1]);
    expect(done[1]!.at - began).toBeGreaterThanOrEqual(690);
    expect(done[1]!.at - began).toBeLessThan(5_000);
  });

  it('keeps nothing of a job that is done, and what failed for somebody to look at; the failure is reported', async () => {
    const done: Done[] = [];
    const { producer } = await deployment.worker(done, async (name) => {
      if (name === 'rank') throw new Error('a defect');
    });
    await producer.add([answer(0), { name: 'rank', payload: { stepId: ids[1]! }, id: 'rank-1' }]);
    await until(async () => (await producer.counts([])).steps!.failed === 1, 'one has failed');
    await until(async () => Object.values((await producer.counts(['openai']))['answers-openai']!).every((count) => count === 0), 'nothing is kept'); // prettier-ignore
    expect(done).toHaveLength(2);
    await until(() => deployment.troubles.length === 1, 'it is reported');
    expect(deployment.troubles[0]).toMatchObject({ message: 'a defect' });
  });

  it('brings a recurring job round, however many processes ask for it', async () => {
    const done: Done[] = [];
    const workers = [await deployment.worker(done), await deployment.worker(done)];
    const began = Date.now();
    await Promise.all(workers.map((worker) => worker.producer.recur('sweep', 300)));
    await until(() => done.length >= 4, 'it came round four times');
    expect(done.length).toBeLessThanOrEqual(2 + (Date.now() - began) / 300);
    expect(done.every(({ name, payload }) => name === 'sweep' && Object.keys(payload).length === 0)).toBe(true);
  });

  it('lets running jobs end when it drains, takes no further one, and leaves those to others', async () => {
    const done: Done[] = [];
    let finish = (): void => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const leaving = await deployment.worker(done, () => held, 1);
    await leaving.producer.add([answer(0)]);
    await until(() => done.length === 1, 'one runs');
    let drained = false;
    const draining = leaving.drain().then(() => (drained = true));
    await (await deployment.process()).producer.add([answer(1)]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(drained).toBe(false);
    finish();
    await draining;
    expect(done).toHaveLength(1);
    const others: Done[] = [];
    await deployment.worker(others);
    await until(() => others.length === 1, 'another worker does it');
    expect(others[0]!.payload).toEqual({ answerId: ids[1] });
  });

  it('does not queue what is not in the catalogue', async () => {
    const { producer } = await deployment.process();
    const bad = { ...answer(0), payload: { answerId: 'not an id' } } as NewJob;
    expect(await producer.add([bad])).toBe(false);
    expect((await producer.counts(['openai']))['answers-openai']).toMatchObject({ waiting: 0 });
    expect(deployment.troubles).toHaveLength(1);
  });
});

onRedis('while Redis is away', (backend) => {
  const deployment = new Deployment(backend);
  beforeAll(() => deployment.start());
  afterAll(() => deployment.close());

  it('adding gives up at once and says so; when it is back, jobs go through and workers go on', async () => {
    const done: Done[] = [];
    await deployment.worker(done);
    const { producer } = await deployment.process();
    expect(await producer.add([answer(0)])).toBe(true);
    await until(() => done.length === 1, 'one is done');
    await deployment.redis!.breakDown();
    for (let nth = 1; nth < 4; nth++) {
      const began = Date.now();
      expect(await producer.add([answer(nth)])).toBe(false);
      expect(Date.now() - began).toBeLessThan(1_500);
    }
    expect(deployment.troubles.length).toBeGreaterThan(0);
    await deployment.redis!.comeBack();
    await until(() => producer.add([answer(9)]), 'adding goes through again');
    await until(
      () => done.some(({ payload }) => (payload as { answerId: string }).answerId === ids[9]),
      'the worker has gone on',
    );
  });
});

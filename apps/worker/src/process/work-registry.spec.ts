import { type Leases, renewEveryMs } from '@polyphony/comparisons';
import type { EventLog } from '@polyphony/events';
import { v7 as uuid } from 'uuid';
import { WorkRegistry } from './work-registry.js';

const [a, b] = [uuid(), uuid()];
let registry: WorkRegistry;
let control: (message: string) => void;
/** What is renewed next time: the ids asked for, and what is said to be still held. */
let asked: { owner: string; ids: readonly string[] }[];
let held: (() => Promise<Set<string>>) | null;

beforeEach(() => {
  jest.useFakeTimers();
  asked = [];
  held = null;
  const leases = {
    renew: (owner: string, ids: readonly string[]) => {
      asked.push({ owner, ids });
      return held ? held() : Promise.resolve(new Set(ids.map((id) => `${id}:1`)));
    },
  } as unknown as Leases;
  const log = { wakeUps: { onControl: (listener: typeof control) => (control = listener) } } as unknown as EventLog;
  registry = new WorkRegistry(leases, log);
});
afterEach(() => {
  registry.onApplicationShutdown();
  jest.useRealTimers();
});

const round = (): Promise<void> => jest.advanceTimersByTimeAsync(renewEveryMs);

describe('leases', () => {
  it('are renewed for what is being worked on and nothing else', async () => {
    registry.begin(a, 1);
    registry.begin(b, 1).end();
    await round();
    expect(asked).toEqual([{ owner: registry.owner, ids: [a] }]);
  });

  it('are not asked for while there is no work', async () => {
    await round();
    expect(asked).toEqual([]);
  });

  it('that were lost stop their work and no other', async () => {
    const [lost, kept] = [registry.begin(a, 1), registry.begin(b, 1)];
    held = async () => new Set([`${b}:1`]);
    await round();
    expect(lost.reason()).toBe('stopped');
    expect(lost.signal.aborted).toBe(true);
    expect(kept.reason()).toBeNull();
  });

  it('of another attempt do not count', async () => {
    const zombie = registry.begin(a, 1);
    held = async () => new Set([`${a}:2`]);
    await round();
    expect(zombie.reason()).toBe('stopped');
  });

  it('do not speak of work that began while they were being renewed', async () => {
    registry.begin(a, 1);
    held = () => new Promise((resolve) => setTimeout(() => resolve(new Set()), 500));
    await round();
    await jest.advanceTimersByTimeAsync(100);
    const fresh = registry.begin(b, 1);
    await jest.advanceTimersByTimeAsync(500);
    expect(fresh.reason()).toBeNull();
  });

  it('that cannot be renewed because the database is away stop nothing', async () => {
    const work = registry.begin(a, 1);
    held = () => Promise.reject(new Error('away'));
    await round();
    expect(work.reason()).toBeNull();
    held = async () => new Set();
    await round();
    expect(work.reason()).toBe('stopped');
  });
});

describe('a control message', () => {
  it('stops the work it names', () => {
    const [named, other] = [registry.begin(a, 1), registry.begin(b, 1)];
    control(JSON.stringify({ stop: [a, uuid()] }));
    expect(named.reason()).toBe('stopped');
    expect(other.reason()).toBeNull();
  });

  it.each(['', '{', 'null', '{"stop":"all"}', '{"stop":["x"]}'])('of %j stops nothing', (message) => {
    const work = registry.begin(a, 1);
    control(message);
    expect(work.reason()).toBeNull();
  });
});

describe('on shutdown', () => {
  it('everything that runs is stopped to be handed back, and so is what begins now', () => {
    const running = registry.begin(a, 1);
    registry.stopAll();
    expect(running.reason()).toBe('draining');
    expect(registry.begin(b, 1).signal.aborted).toBe(true);
  });

  it('work that was stopped already keeps its reason', () => {
    const work = registry.begin(a, 1);
    work.stop('stopped');
    registry.stopAll();
    expect(work.reason()).toBe('stopped');
  });
});

it('work that has ended is no longer counted, and an older attempt’s end does not end a newer one', () => {
  const older = registry.begin(a, 1);
  const newer = registry.begin(a, 2);
  older.end();
  expect(registry.size).toBe(1);
  newer.end();
  expect(registry.size).toBe(0);
});

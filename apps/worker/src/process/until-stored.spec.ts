import { untilStored } from './until-stored.js';

const away = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('gives what was stored', async () => {
  await expect(untilStored(async () => 7)).resolves.toBe(7);
});

it('keeps trying, ever more patiently, while the database is away', async () => {
  const at: number[] = [];
  const began = Date.now();
  const stored = untilStored(async () => {
    at.push(Date.now() - began);
    if (at.length < 8) throw away();
    return 'stored';
  });
  await jest.advanceTimersByTimeAsync(20_000);
  await expect(stored).resolves.toBe('stored');
  expect(at).toEqual([0, 100, 300, 700, 1500, 3100, 5100, 7100]);
});

it('throws at once what waiting does not mend', async () => {
  const store = jest.fn(async () => Promise.reject(Object.assign(new Error('duplicate key'), { code: '23505' })));
  await expect(untilStored(store)).rejects.toThrow('duplicate key');
  expect(store).toHaveBeenCalledTimes(1);
});

it('gives up after two minutes', async () => {
  let outcome: unknown = 'still trying';
  untilStored(() => Promise.reject(away())).catch((error: unknown) => (outcome = error));
  await jest.advanceTimersByTimeAsync(119_000);
  expect(outcome).toBe('still trying');
  await jest.advanceTimersByTimeAsync(5_000);
  expect(outcome).toMatchObject({ code: 'ECONNREFUSED' });
});

import { chooseCheapest, chooseJudges } from './judges.js';

const priced = (model: string, price: number | null) => ({
  model,
  prices: price === null ? null : { input: price, output: price, cachedInput: null, cacheWrite: null },
});

describe('the choice of judges', () => {
  const completed = [priced('a/small', 1), priced('a/large', 9), priced('b/one', 2), priced('c/one', null), priced('d/one', 1)];

  it('follows the request, then the operator, and asks each model once', () => {
    expect(chooseJudges({ named: ['x/1', 'x/2', 'x/1', 'x/3', 'x/4'], operator: ['y/1'], completed })).toEqual([
      'x/1',
      'x/2',
      'x/3',
      'x/4',
    ]);
    expect(chooseJudges({ operator: ['y/1'], completed })).toEqual(['y/1']);
  });

  it('takes up to three completed models of different providers, the dearest first', () => {
    expect(chooseJudges({ completed })).toEqual(['a/large', 'b/one', 'd/one']);
  });

  it('takes further models of the same provider only when there are no others', () => {
    expect(chooseJudges({ completed: [priced('a/1', 3), priced('a/2', 2), priced('a/1', 3), priced('b/1', 1)] })).toEqual([
      'a/1',
      'b/1',
      'a/2',
    ]);
  });

  it('keeps the panel’s order where prices are not known', () => {
    expect(chooseJudges({ completed: [{ model: 'a/2' }, { model: 'a/1' }, { model: 'b/1' }], max: 2 })).toEqual(['a/2', 'b/1']);
  });

  it('finds nobody when nothing completed', () => {
    expect(chooseJudges({ named: [], completed: [] })).toEqual([]);
  });
});

describe('the choice of a summariser', () => {
  it('is the cheapest model with a known price', () => {
    expect(chooseCheapest([priced('a/unknown', null), priced('a/dear', 3), priced('a/free', 0)])).toBe('a/free');
  });

  it('is the first model when no price is known, and nobody of none', () => {
    expect(chooseCheapest([priced('a/1', null), priced('a/2', null)])).toBe('a/1');
    expect(chooseCheapest([])).toBeNull();
  });
});

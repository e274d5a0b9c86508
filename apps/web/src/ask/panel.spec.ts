import type { Model } from '@polyphony/client';
import { groupByProvider, stillThere, timesAsked, withOneLess, withOneMore } from './panel.js';

const models = ['a/one', 'b/two', 'a/three'].map((id) => ({ id, provider: id.split('/')[0], name: id.toUpperCase() }) as Model);

describe('the panel being chosen', () => {
  it('groups by provider and filters by id or name', () => {
    expect(groupByProvider(models).map((g) => [g.provider, g.models.length])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(groupByProvider(models, ' TWO ').map((g) => g.provider)).toEqual(['b']);
  });

  it('may hold a model twice, and takes places away one by one', () => {
    const twice = withOneMore(withOneMore(['a/one', 'b/two'], 'a/one'), 'a/three');
    expect(twice).toEqual(['a/one', 'a/one', 'b/two', 'a/three']);
    expect(timesAsked(twice, 'a/one')).toBe(2);
    expect(withOneLess(twice, 'a/one')).toEqual(['a/one', 'b/two', 'a/three']);
    expect(withOneLess(['a/one'], 'b/two')).toEqual(['a/one']);
  });

  it('has a limit', () => {
    expect(withOneMore(['a/one', 'b/two'], 'a/three', 2)).toEqual(['a/one', 'b/two']);
  });

  it('forgets remembered models that are gone', () => {
    expect(stillThere(['a/one', 'a/gone', 'a/one'], models)).toEqual(['a/one', 'a/one']);
  });
});

import type { Model } from '@polyphony/contracts';
import { chooseModels } from './choose-models.js';

const model = (id: string, changes: Partial<Model> = {}) =>
  ({ id, provider: id.split('/')[0], health: 'healthy', simulated: false, ...changes }) as Model;

describe('chooseModels', () => {
  it('takes different providers before a second model of one', () => {
    const models = ['a/1', 'a/2', 'a/3', 'b/1', 'c/1', 'c/2'].map((id) => model(id));
    expect(chooseModels(models)).toEqual(['a/1', 'b/1', 'c/1', 'a/2']);
  });

  it('takes different models where there is one provider, and never one twice', () => {
    expect(chooseModels([model('a/1'), model('a/2')])).toEqual(['a/1', 'a/2']);
  });

  it('passes over models that are down unless all are', () => {
    const down = model('a/1', { health: 'down' });
    expect(chooseModels([down, model('b/1')])).toEqual(['b/1']);
    expect(chooseModels([down])).toEqual(['a/1']);
  });

  it('puts real models before simulated ones', () => {
    expect(chooseModels([model('sim/1', { simulated: true }), model('b/1')], 1)).toEqual(['b/1']);
  });

  it('has nothing to choose from nothing', () => {
    expect(chooseModels([])).toEqual([]);
  });
});

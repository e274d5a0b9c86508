import { ModelNameError, parseModelName } from './model-name.js';

describe('a model name', () => {
  it('is taken apart into voice and modifiers', () => {
    expect(parseModelName('sim-sage+tokens=200+rate=12.5+stall')).toEqual({
      full: 'sim-sage+tokens=200+rate=12.5+stall',
      base: 'sim-sage',
      modifiers: { tokens: 200, rate: 12.5, stall: true },
    });
    expect(parseModelName('gpt-4o').modifiers).toEqual({});
  });

  it.each([
    'a+stal',
    'a+',
    'a+tokens',
    'a+tokens=',
    'a+tokens=0',
    'a+tokens=1.5',
    'a+tokens=1=2',
    'a+rate=-1',
    'a+cut=1',
    'a+cut+cut',
    'a+constructor',
  ])('is refused as %s, saying what is known', (name) => {
    expect(() => parseModelName(name)).toThrow(ModelNameError);
  });
});

import { EventBody, isTerminal } from './event.js';

const types = EventBody.options.map((option) => option.shape.type.value);

it('only the three ends of a comparison are terminal', () => {
  expect(types.filter((type) => isTerminal({ type }))).toEqual([
    'comparison.completed',
    'comparison.failed',
    'comparison.cancelled',
  ]);
});

it('every event is told apart by its type', () => {
  expect(new Set(types).size).toBe(types.length);
});

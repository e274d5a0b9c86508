import { z } from 'zod';
import { InvalidInput, parseInput } from './invalid-input.js';

const Schema = z.strictObject({ panel: z.array(z.object({ model: z.string() })), deadlineMs: z.number().max(5).default(5) });

it('gives what fits its schema, defaults included', () => {
  expect(parseInput(Schema, { panel: [] })).toEqual({ panel: [], deadlineMs: 5 });
});

it('says of every fault where it is', () => {
  let caught: unknown;
  try {
    parseInput(Schema, { panel: [{ model: 1 }], deadlineMs: 9 });
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(InvalidInput);
  expect((caught as InvalidInput).errors.map(({ path }) => path)).toEqual(['panel.0.model', 'deadlineMs']);
});

it('names no place for a fault of the whole', () => {
  expect(new InvalidInput([{ message: 'is no JSON' }]).message).toBe('is no JSON.');
});

it('reads a path of segments with keys, as other schema libraries give it', () => {
  expect(new InvalidInput([{ path: [{ key: 'panel' }, { key: 0 }], message: 'x' }]).errors[0]!.path).toBe('panel.0');
});

it('lists twenty faults at most', () => {
  expect(new InvalidInput(Array.from({ length: 50 }, () => ({ message: 'x' }))).errors).toHaveLength(20);
});

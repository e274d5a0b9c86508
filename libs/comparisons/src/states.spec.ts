import { answerStatuses, comparisonStatuses } from '@polyphony/contracts';
import { IllegalMove, answerMoves, checkMove, comparisonMoves, isEnded, isOpen } from './states.js';

it('lets through the moves the machine knows and refuses every other one', () => {
  for (const from of comparisonStatuses)
    for (const to of comparisonStatuses)
      if (comparisonMoves[from].includes(to)) expect(checkMove(comparisonMoves, from, to)).toBe(to);
      else expect(() => checkMove(comparisonMoves, from, to)).toThrow(IllegalMove);
});

it('names both states of a move it refuses', () => {
  expect(() => checkMove(answerMoves, 'completed', 'streaming')).toThrow('completed cannot become streaming');
});

it('can bring every comparison and every answer to an end, from wherever it is', () => {
  for (const status of comparisonStatuses.filter((one) => !isEnded({ status: one })))
    expect(comparisonMoves[status].some((to) => isEnded({ status: to }))).toBe(true);
  for (const status of answerStatuses.filter((one) => isOpen({ status: one }))) {
    expect(answerMoves[status]).toEqual(expect.arrayContaining(['failed', 'cancelled', 'expired']));
  }
});

it('leaves an answer’s end only by asking for it again', () => {
  for (const status of answerStatuses.filter((one) => !isOpen({ status: one }))) expect(answerMoves[status]).toEqual(['queued']);
});

it('never brings a comparison back to where nobody had begun', () => {
  for (const status of comparisonStatuses) expect(comparisonMoves[status]).not.toContain('queued');
});

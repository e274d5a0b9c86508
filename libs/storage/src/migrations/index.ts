import { FirstHouse1795000000000 } from './1795000000000-first-house.js';
import { AnswerMoves1795000000001 } from './1795000000001-answer-moves.js';

/** In the order they are applied. */
export const migrations = [FirstHouse1795000000000, AnswerMoves1795000000001];

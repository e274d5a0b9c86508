import { FirstHouse1795000000000 } from './1795000000000-first-house.js';

/** In the order they are applied. */
export const migrations = [FirstHouse1795000000000];

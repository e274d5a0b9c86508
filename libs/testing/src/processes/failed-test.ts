interface CircusState {
  currentlyRunningTest?: { errors: unknown[] } | null;
}

/** Whether the test that has just run failed: jest keeps that in its own state and tells no hook. */
export function testHasFailed(): boolean {
  const symbol = Object.getOwnPropertySymbols(globalThis).find(({ description }) => description === 'JEST_STATE_SYMBOL');
  const state = symbol && ((globalThis as Record<symbol, unknown>)[symbol] as CircusState);
  return (state?.currentlyRunningTest?.errors.length ?? 0) > 0;
}

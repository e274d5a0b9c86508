/**
 * Waits for a fact: looks again and again until `look` gives something other than false, null or undefined, and returns
 * it. A look that throws counts as "not yet". Rejects with what was waited for when it does not come about in time.
 */
export async function until<T>(
  look: () => T | Promise<T>,
  fact: string,
  patienceMs = 20_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const giveUpAt = Date.now() + patienceMs;
  for (let last: unknown; ;) {
    try {
      const found = await look();
      if (found !== false && found !== null && found !== undefined) return found as NonNullable<Exclude<T, false>>;
    } catch (error) {
      last = error;
    }
    if (Date.now() > giveUpAt) throw new Error(`Within ${patienceMs} ms it did not come about that ${fact}.`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

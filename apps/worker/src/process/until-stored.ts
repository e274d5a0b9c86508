import { isUnavailable } from '@polyphony/storage';

const patienceMs = 120_000;

/**
 * Keeps trying to store a result that has been paid for while the database is away; what is wrong for other reasons is
 * thrown. Safe because storing is fenced: a second time finds that the first has done it.
 */
export async function untilStored<T>(store: () => Promise<T>): Promise<T> {
  const giveUpAt = Date.now() + patienceMs;
  for (let pause = 100; ; pause = Math.min(pause * 2, 2000)) {
    try {
      return await store();
    } catch (error) {
      if (!isUnavailable(error) || Date.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

import { createHash } from 'node:crypto';

/** Reproducible randomness: SHA-256 in counter mode over a seed. The same seed gives the same draws on every machine. */
export class SeededGenerator {
  private pool: number[] = [];
  private counter = 0;

  constructor(private readonly seed: string) {}

  /** An integer from 0 to bound − 1, without bias. */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const draw = this.next();
      if (draw < limit) return draw % bound;
    }
  }

  pick<T>(choices: ArrayLike<T>): T {
    return choices[this.below(choices.length)]!;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [result[last], result[other]] = [result[other]!, result[last]!];
    }
    return result;
  }

  private next(): number {
    if (this.pool.length === 0) {
      const digest = createHash('sha256').update(`${this.seed}\n${this.counter++}`).digest();
      for (let offset = 0; offset < digest.length; offset += 4) this.pool.push(digest.readUInt32LE(offset));
    }
    return this.pool.pop()!;
  }
}

/** 32-bit FNV-1a over UTF-16 code units with a final avalanche: fast, stable between versions, not for security. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** How the journal names a question without keeping its text: eight hexadecimal digits. */
export function questionHash(question: string): string {
  return hash32(question).toString(16).padStart(8, '0');
}

/** Deterministic choices from a seed: the same seed gives the same sequence (mulberry32). */
export class SeededChoice {
  #state: number;

  constructor(seed: string) {
    this.#state = hash32(seed);
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  one<T>(options: readonly T[]): T {
    return options[Math.floor(this.next() * options.length)] as T;
  }

  /** `count` different options, in a shuffled order. */
  some<T>(options: readonly T[], count: number): T[] {
    const left = [...options];
    const chosen: T[] = [];
    while (chosen.length < count && left.length > 0) chosen.push(...left.splice(Math.floor(this.next() * left.length), 1));
    return chosen;
  }
}

import { performance } from 'node:perf_hooks';

/** Something that acts at points of absolute time (`performance.now()` milliseconds). */
export interface Paced {
  /** Does all that is due at `now` and says when it is due next, or null when it is finished. */
  advance(now: number): number | null;
}

interface Entry {
  paced: Paced;
  dueAt: number;
  live: boolean;
}

/**
 * One timer for every stream. Each is due at a point of absolute time computed from its own start, never from the last
 * tick, so a late tick is caught up by the next one and nothing drifts, however many streams there are.
 */
export class Pacer {
  #heap: Entry[] = [];
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #entries = new Map<Paced, Entry>();

  /** Calls `paced.advance` at `dueAt` and then whenever it asks. A second call for the same one moves it. */
  schedule(paced: Paced, dueAt: number): void {
    this.cancel(paced);
    const entry = { paced, dueAt, live: true };
    this.#entries.set(paced, entry);
    this.#push(entry);
    this.#arm();
  }

  /** Calls `action` once, `delayMs` from now. */
  after(delayMs: number, action: () => void): Paced {
    const paced: Paced = {
      advance: () => {
        action();
        return null;
      },
    };
    this.schedule(paced, performance.now() + delayMs);
    return paced;
  }

  cancel(paced: Paced): void {
    const entry = this.#entries.get(paced);
    if (!entry) return;
    entry.live = false;
    this.#entries.delete(paced);
  }

  /** Forgets everything that is scheduled. */
  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#heap = [];
    this.#entries.clear();
  }

  #tick = (): void => {
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    for (let first = this.#heap[0]; first && first.dueAt <= now; first = this.#heap[0]) {
      this.#pop();
      if (!first.live) continue;
      const next = first.paced.advance(now);
      if (!first.live) continue;
      if (next === null) this.cancel(first.paced);
      else {
        // Never due again within the same tick, or a hurried stream would starve the others.
        first.dueAt = Math.max(next, now + 0.01);
        this.#push(first);
      }
    }
    this.#arm();
  };

  #arm(): void {
    const first = this.#heap[0];
    if (!first || first.dueAt >= this.#timerAt) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timerAt = first.dueAt;
    this.#timer = setTimeout(this.#tick, Math.max(1, Math.ceil(first.dueAt - performance.now())));
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if ((heap[parent] as Entry).dueAt <= entry.dueAt) break;
      heap[index] = heap[parent] as Entry;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Entry).dueAt < (heap[child] as Entry).dueAt) child++;
      if ((heap[child] as Entry).dueAt >= last.dueAt) break;
      heap[index] = heap[child] as Entry;
      index = child;
    }
    heap[index] = last;
  }
}

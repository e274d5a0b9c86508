import type { ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Modifiers } from './model-name.js';
import type { Paced, Pacer } from './pacing.js';

/** Where a reply's bytes leave. Text is written in the order it is sent; `end` and `cut` wait for what was sent before. */
export interface Outlet {
  /** False when the reader is slow: wait for the response's `drain` before sending more. */
  send(text: string): boolean;
  /** Ends the response cleanly, after `text`. */
  end(text: string): void;
  /** Destroys the connection once everything sent so far is on its way. */
  cut(): void;
  /** Stops sending; what is not written yet is forgotten. */
  stop(): void;
}

class DirectOutlet implements Outlet {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  send(text: string): boolean {
    return text === '' || this.#response.write(text);
  }

  end(text: string): void {
    this.#response.end(text);
  }

  cut(): void {
    // A last blank line, which no parser notices: its callback tells that all before it has left.
    this.#response.write('\n', () => this.#response.destroy());
  }

  stop(): void {}
}

/** Fragments a text may be cut into so that every write tears something: single bytes, or halves of characters. */
function fragments(bytes: Buffer, everyByte: boolean): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let index = 1; index < bytes.length; index++) {
    const insideCharacter = ((bytes[index] as number) & 0xc0) === 0x80 && ((bytes[index - 1] as number) & 0xc0) === 0xc0;
    if (!everyByte && !insideCharacter) continue;
    pieces.push(bytes.subarray(from, index));
    from = index;
  }
  pieces.push(bytes.subarray(from));
  return pieces;
}

const fragmentsPerTick = 64;

/** Writes in fragments, a few in every tick of the pacer, or at `bytesPerSecond`. */
class FragmentingOutlet implements Outlet, Paced {
  readonly #response: ServerResponse;
  readonly #pacer: Pacer;
  readonly #everyByte: boolean;
  readonly #bytesPerSecond: number;
  #queue: Buffer[] = [];
  #sent = 0;
  #startedAt = 0;
  #last: (() => void) | null = null;

  constructor(response: ServerResponse, pacer: Pacer, everyByte: boolean, bytesPerSecond: number) {
    this.#response = response;
    this.#pacer = pacer;
    this.#everyByte = everyByte;
    this.#bytesPerSecond = bytesPerSecond;
  }

  send(text: string): boolean {
    if (text === '') return true;
    if (this.#queue.length === 0) {
      this.#sent = 0;
      this.#startedAt = performance.now();
      this.#pacer.schedule(this, 0);
    }
    for (const piece of fragments(Buffer.from(text), this.#everyByte)) this.#queue.push(piece);
    return true;
  }

  advance(now: number): number | null {
    const due =
      this.#bytesPerSecond > 0
        ? Math.floor(((now - this.#startedAt) * this.#bytesPerSecond) / 1000) + 1 - this.#sent
        : fragmentsPerTick;
    for (const piece of this.#queue.splice(0, due)) {
      this.#response.write(piece);
      this.#sent++;
    }
    if (this.#queue.length > 0)
      return this.#bytesPerSecond > 0 ? this.#startedAt + (this.#sent * 1000) / this.#bytesPerSecond : now + 1;
    this.#last?.();
    return null;
  }

  end(text: string): void {
    this.#afterwards(text, () => this.#response.end());
  }

  cut(): void {
    this.#afterwards('', () => new DirectOutlet(this.#response).cut());
  }

  stop(): void {
    this.#queue = [];
    this.#pacer.cancel(this);
  }

  #afterwards(text: string, action: () => void): void {
    this.send(text);
    if (this.#queue.length === 0) action();
    else this.#last = action;
  }
}

/** The outlet these modifiers ask for: whole writes, or fragments of them. */
export function openOutlet(response: ServerResponse, pacer: Pacer, modifiers: Modifiers): Outlet {
  if (modifiers.dribble) return new FragmentingOutlet(response, pacer, true, modifiers.rate ?? 0);
  if (modifiers.splitUtf8) return new FragmentingOutlet(response, pacer, false, 0);
  return new DirectOutlet(response);
}

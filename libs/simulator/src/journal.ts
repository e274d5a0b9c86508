import type { Format } from './call.js';

export type Purpose = 'answer' | 'judge' | 'summary' | 'digest' | 'synthesis' | 'json' | 'models' | 'countTokens';

/** One request as the simulator saw it. Times are epoch milliseconds; null until known. */
export interface JournalEntry {
  readonly id: number;
  readonly path: string;
  readonly format: Format | null;
  readonly model: string | null;
  readonly questionHash: string | null;
  readonly purpose: Purpose;
  readonly stream: boolean;
  /** Which header carried the key, and the key's last four characters. */
  readonly credential: 'bearer' | 'x-api-key' | null;
  readonly keyHint: string | null;
  readonly requestId: string;
  readonly startedAt: number;
  finishedAt: number | null;
  status: number | null;
  deltasSent: number;
  /** `aborted`: the client left before the end. `faulted`: a fault asked for by the model name happened. */
  outcome: 'completed' | 'aborted' | 'faulted' | null;
  /** When the client closed the connection before the response was over. */
  closedByClientAt: number | null;
  inputTokens: number;
  outputTokens: number;
  /** What this call costs at the listed prices, in nano-dollars; 0 until it is over and for refused calls. */
  nanoUsd: number;
}

export interface BillLine {
  requests: number;
  inputTokens: number;
  outputTokens: number;
  nanoUsd: number;
}
/** What the provider charges for everything since the last clear: its side of the books. */
export interface Bill extends BillLine {
  byModel: Record<string, BillLine>;
}

export interface Stats {
  requests: number;
  active: number;
  maxActive: number;
}

const emptyLine = (): BillLine => ({ requests: 0, inputTokens: 0, outputTokens: 0, nanoUsd: 0 });

/** Every request of the recent past, in memory. The bill and the counters also cover what the list has dropped. */
export class Journal {
  #entries: JournalEntry[] = [];
  #nextId = 1;
  #requests = 0;
  #active = 0;
  #maxActive = 0;
  #bill = new Map<string, BillLine>();
  #epoch = 0;
  readonly #epochOf = new WeakMap<JournalEntry, number>();
  readonly #limit: number;

  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  begin(
    facts: Pick<
      JournalEntry,
      'path' | 'format' | 'model' | 'questionHash' | 'purpose' | 'stream' | 'credential' | 'keyHint' | 'requestId' | 'inputTokens'
    >,
  ): JournalEntry {
    const entry: JournalEntry = {
      id: this.#nextId++,
      ...facts,
      startedAt: Date.now(),
      finishedAt: null,
      status: null,
      deltasSent: 0,
      outcome: null,
      closedByClientAt: null,
      outputTokens: 0,
      nanoUsd: 0,
    };
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit * 1.25) this.#entries = this.#entries.slice(-this.#limit);
    this.#epochOf.set(entry, this.#epoch);
    this.#requests++;
    this.#active++;
    if (this.#active > this.#maxActive) this.#maxActive = this.#active;
    return entry;
  }

  /** Ends an entry and, when the provider would charge for it, bills its tokens at `prices` (nano-dollars a token). */
  finish(
    entry: JournalEntry,
    outcome: NonNullable<JournalEntry['outcome']>,
    prices: { input: number; output: number } | null,
  ): void {
    if (entry.finishedAt !== null) return;
    entry.finishedAt = Date.now();
    entry.outcome = outcome;
    this.#active--;
    if (!prices || entry.model === null || this.#epochOf.get(entry) !== this.#epoch) return;
    entry.nanoUsd = Math.round(entry.inputTokens * prices.input + entry.outputTokens * prices.output);
    const line = this.#bill.get(entry.model) ?? emptyLine();
    line.requests++;
    line.inputTokens += entry.inputTokens;
    line.outputTokens += entry.outputTokens;
    line.nanoUsd += entry.nanoUsd;
    this.#bill.set(entry.model, line);
  }

  /** Requests with an id greater than `since`, oldest first; unfinished ones included. */
  entries(since = 0): readonly JournalEntry[] {
    const kept = this.#entries.slice(-this.#limit);
    return since > 0 ? kept.filter((entry) => entry.id > since) : kept;
  }

  /** Forgets requests, bill and counters. Ids go on; calls still running stay counted as active and are not billed. */
  clear(): void {
    this.#entries = [];
    this.#bill.clear();
    this.#requests = 0;
    this.#maxActive = this.#active;
    this.#epoch++;
  }

  stats(): Stats {
    return { requests: this.#requests, active: this.#active, maxActive: this.#maxActive };
  }

  bill(): Bill {
    const total: Bill = { ...emptyLine(), byModel: Object.fromEntries(this.#bill) };
    for (const line of this.#bill.values()) {
      total.requests += line.requests;
      total.inputTokens += line.inputTokens;
      total.outputTokens += line.outputTokens;
      total.nanoUsd += line.nanoUsd;
    }
    return structuredClone(total);
  }
}

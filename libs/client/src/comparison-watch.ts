import type { Comparison, ComparisonEvent, Problem } from '@polyphony/contracts';
import { applyEvent, endsComparison } from './apply-event.js';
import { FrameBatch } from './frame-batch.js';
import type { ConnectionListener, LiveConnection, WatchReply } from './live-connection.js';
import { ProblemError, WatchStoppedError } from './problem-error.js';

/** `live`: events arrive; `connecting`: not yet for the first time; `lost`: they did, and will again. */
export type ConnectionState = 'connecting' | 'live' | 'lost';

export interface WatchOptions {
  /** Hands `onEvent` every event from `after + 1` on; without it, events that follow the first snapshot. */
  after?: number;
  /** The newest state, at most once per animation frame or 16 ms. */
  onChange?: (comparison: Comparison) => void;
  /** Every event once, in order, except those a server's snapshot stands for. */
  onEvent?: (event: ComparisonEvent) => void;
  onConnection?: (state: ConnectionState) => void;
}

/** `done` resolves when the comparison ends; it rejects with ProblemError when refused, WatchStoppedError when stopped before. */
export interface Watch {
  stop(): void;
  readonly done: Promise<Comparison>;
}

const settled: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'expired']);
const ended: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);
const retryAfterRefusalMs = 1_000;

/**
 * Follows one comparison through drops and restarts. `cursor` is the last seq handed on; the state may be further along,
 * because a snapshot is as of its own seq: each event goes to `onEvent` by the cursor and into the state by `lastSeq`.
 */
export class ComparisonWatch implements Watch, ConnectionListener {
  readonly done: Promise<Comparison>;
  private settleDone!: { resolve: (comparison: Comparison) => void; reject: (error: Error) => void };
  private comparison: Comparison | undefined;
  private cursor: number | undefined;
  private early: ComparisonEvent[] = [];
  private requests = 0;
  private isAsking = false;
  private gapsInARow = 0;
  private stopped = false;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private connection: ConnectionState | undefined;
  private readonly changes: FrameBatch<Comparison>;

  constructor(
    readonly comparisonId: string,
    private readonly line: LiveConnection,
    /** Reads the stored comparison: some of its members travel in no event. */
    private readonly read: () => Promise<Comparison>,
    private readonly options: WatchOptions,
  ) {
    this.done = new Promise((resolve, reject) => (this.settleDone = { resolve, reject }));
    this.done.catch(() => undefined);
    this.changes = new FrameBatch((comparison) => options.onChange?.(comparison));
    this.setConnection('connecting');
    line.join(this);
  }

  stop(): void {
    if (this.stopped) return;
    this.end(new WatchStoppedError());
  }

  up(): void {
    this.requestEvents();
  }

  down(): void {
    this.requests++;
    this.isAsking = false;
    clearTimeout(this.retryTimer);
    this.setConnection(this.comparison ? 'lost' : 'connecting');
  }

  refused(problem: Problem): void {
    this.end(new ProblemError(problem));
  }

  event(event: ComparisonEvent): void {
    if (this.cursor === undefined || !this.comparison) {
      this.early.push(event);
      return;
    }
    if (event.seq <= this.cursor) return;
    if (event.seq > this.cursor + 1) {
      this.bridgeGap();
      return;
    }
    this.cursor = event.seq;
    this.gapsInARow = 0;
    const next = applyEvent(this.comparison, event);
    const isNews = next !== this.comparison;
    if (isNews) this.setComparison(next);
    this.options.onEvent?.(event);
    if (isNews && endsComparison(event)) void this.reachEnd(next);
  }

  snapshot(seq: number, snapshot: Comparison): void {
    if (this.cursor !== undefined && seq < this.cursor) return;
    this.cursor = seq;
    this.replace(seq, snapshot);
  }

  /** Asks for what is missing: the state first when there is none, then the events after the cursor. */
  private requestEvents(forceSnapshot = false): void {
    const number = ++this.requests;
    this.isAsking = true;
    clearTimeout(this.retryTimer);
    const after = this.comparison && !forceSnapshot ? this.cursor : undefined;
    this.line.watch(this.comparisonId, after, (reply) => {
      if (this.stopped || number !== this.requests) return;
      this.isAsking = false;
      this.answered(reply);
    });
  }

  private answered(reply: WatchReply): void {
    if (!reply.ok) {
      const { status } = reply.problem;
      if (status < 500 && status !== 429 && status !== 408) this.refused(reply.problem);
      else this.requestLater();
      return;
    }
    this.setConnection('live');
    if (!reply.snapshot) return;
    const isFirst = this.comparison === undefined;
    const { after } = this.options;
    const wantsEarlier = isFirst && after !== undefined && after < reply.seq;
    this.cursor = wantsEarlier ? after : Math.max(reply.seq, this.cursor ?? 0);
    this.replace(reply.seq, reply.snapshot);
    const early = this.early;
    this.early = [];
    if (wantsEarlier) this.requestEvents();
    else for (const event of early) this.event(event);
  }

  /** Events are missing: ask for them, or, where that did not help, for the state that includes them. */
  private bridgeGap(): void {
    if (this.isAsking) return;
    this.gapsInARow++;
    if (this.gapsInARow <= 2) this.requestEvents(this.gapsInARow === 2);
    else this.requestLater(true);
  }

  private requestLater(forceSnapshot = false): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.line.isUp && this.requestEvents(forceSnapshot), retryAfterRefusalMs);
  }

  private replace(seq: number, snapshot: Comparison): void {
    if (this.comparison && seq < this.comparison.lastSeq) return;
    const comparison = { ...snapshot, lastSeq: seq };
    this.setComparison(comparison);
    if (!ended.has(comparison.status)) return;
    this.changes.flush();
    this.settleDone.resolve(comparison);
  }

  private setComparison(comparison: Comparison): void {
    this.comparison = comparison;
    this.changes.push(comparison);
  }

  /**
   * At the end the state is read once from the store, for what no event says (metadata, costs of failed attempts).
   * While a late answer still streams this waits for the end that follows it.
   */
  private async reachEnd(atEnd: Comparison): Promise<void> {
    const readable = atEnd.answers.every((answer) => settled.has(answer.status));
    const stored = readable ? await this.read().catch(() => undefined) : undefined;
    if (this.stopped) return;
    if (stored && stored.lastSeq >= (this.comparison?.lastSeq ?? 0)) this.setComparison(stored);
    this.changes.flush();
    this.settleDone.resolve(stored ?? atEnd);
  }

  private end(error: Error): void {
    this.stopped = true;
    clearTimeout(this.retryTimer);
    this.changes.drop();
    this.line.leave(this);
    this.settleDone.reject(error);
  }

  private setConnection(state: ConnectionState): void {
    if (state === this.connection || this.stopped) return;
    this.connection = state;
    this.options.onConnection?.(state);
  }
}

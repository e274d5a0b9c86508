import type { ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { MidStream } from './faults.js';
import type { Outlet } from './outlet.js';
import type { Paced, Pacer } from './pacing.js';
import type { Reply } from './reply.js';
import type { Wire } from './wire.js';

/** At most about this much is handed to the socket in one write of an unpaced stream. */
const batchLength = 64 * 1024;

export interface Pace {
  /** Milliseconds to the first delta. */
  readonly ttft: number;
  /** Deltas per second, 0 for as fast as possible. */
  readonly rate: number;
}

/** What the owner of the stream hears of it. */
export interface StreamProgress {
  sent(deltas: number): void;
  /** Called before the last bytes leave; afterwards nothing more is sent. */
  ended(outcome: 'completed' | 'faulted'): void;
  /** A fault has happened and the connection stays open. */
  faulted(): void;
}

export interface StreamPlan {
  readonly reply: Reply;
  readonly wire: Wire;
  readonly pace: Pace;
  readonly fault: MidStream | null;
  readonly crlf: boolean;
  readonly comments: boolean;
}

/**
 * One reply on its way as server-sent events. Delta n is due at `start + ttft + n / rate`, absolute; all that is due is
 * written at once, and a slow reader's backpressure holds the stream without losing its place in time.
 */
export class StreamReply implements Paced {
  readonly #response: ServerResponse;
  readonly #outlet: Outlet;
  readonly #pacer: Pacer;
  readonly #plan: StreamPlan;
  readonly #progress: StreamProgress;
  readonly #firstAt: number;
  #fault: MidStream | null;
  #sent = 0;
  #over = false;

  constructor(response: ServerResponse, outlet: Outlet, pacer: Pacer, plan: StreamPlan, progress: StreamProgress) {
    this.#response = response;
    this.#outlet = outlet;
    this.#pacer = pacer;
    this.#plan = plan;
    this.#progress = progress;
    this.#fault = plan.fault;
    this.#firstAt = performance.now() + plan.pace.ttft;
  }

  start(): void {
    if (this.#plan.pace.ttft === 0 && this.#plan.pace.rate === 0) {
      const next = this.#run(performance.now(), this.#plan.wire.opening());
      if (next !== null) this.#pacer.schedule(this, next);
      return;
    }
    this.#outlet.send(this.#framed(this.#plan.wire.opening()));
    this.#pacer.schedule(this, this.#firstAt);
  }

  stop(): void {
    this.#over = true;
    this.#pacer.cancel(this);
    this.#outlet.stop();
  }

  advance(now: number): number | null {
    return this.#run(now, '');
  }

  #run(now: number, before: string): number | null {
    if (this.#over) return null;
    const { reply, wire, pace, comments } = this.#plan;
    const { deltas } = reply;
    const stop = this.#fault ? Math.min(this.#fault.at, deltas.length) : deltas.length;
    const elapsed = now - this.#firstAt;
    const due = pace.rate === 0 ? stop : Math.min(stop, Math.floor((elapsed * pace.rate) / 1000 + 1e-9) + 1);
    let batch = before;
    let index = this.#sent;
    while (index < due && batch.length < batchLength) {
      if (comments) batch += ': a comment between events\n\n';
      batch += wire.delta(index, deltas[index] as string);
      index++;
    }
    this.#sent = index;
    this.#progress.sent(index);
    if (index === stop) return this.#reachEnd(batch, now);
    if (!this.#outlet.send(this.#framed(batch))) {
      this.#response.once('drain', () => this.#over || this.#pacer.schedule(this, 0));
      return null;
    }
    return pace.rate === 0 ? now : this.#firstAt + (index * 1000) / pace.rate;
  }

  #reachEnd(batch: string, now: number): number | null {
    const { reply, wire } = this.#plan;
    const fault = this.#fault;
    if (!fault) {
      this.#finish('completed', batch + wire.closing(reply.deltas.join(''), this.#sent));
      return null;
    }
    this.#fault = null;
    const said = (): string => reply.deltas.slice(0, this.#sent).join('');
    switch (fault.kind) {
      case 'midError':
        this.#finish('faulted', batch + wire.midError());
        return null;
      case 'failed':
        this.#finish('faulted', batch + wire.failed(said()));
        return null;
      case 'eof':
        this.#finish('faulted', batch);
        return null;
      case 'cut':
        this.#over = true;
        this.#outlet.send(this.#framed(batch));
        this.#progress.ended('faulted');
        this.#outlet.cut();
        return null;
      case 'stall':
        this.#progress.faulted();
        this.#outlet.send(this.#framed(batch));
        return null;
      case 'garbage':
        this.#progress.faulted();
        this.#outlet.send(this.#framed(batch + wire.garbage()));
        return this.#plan.pace.rate === 0 ? now : this.#firstAt + (this.#sent * 1000) / this.#plan.pace.rate;
    }
  }

  #finish(outcome: 'completed' | 'faulted', last: string): void {
    this.#over = true;
    this.#progress.ended(outcome);
    this.#outlet.end(this.#framed(last));
  }

  #framed(text: string): string {
    return this.#plan.crlf ? text.replaceAll('\n', '\r\n') : text;
  }
}

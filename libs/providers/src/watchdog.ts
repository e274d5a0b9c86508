import type { TimeoutsConfig } from '@polyphony/config';
import type { FailureFacts } from './provider-error.js';

/** Once the answer is complete, the provider has this long to send what may still follow (usage) and to end the stream. */
const farewellMs = 5_000;
/** Bytes of a stream without one complete event in them: no provider sends that, and it would all be held in memory. */
const unreadableBytes = 16 * 1024 * 1024;

/** Node fires longer timers at once. */
export const longestTimerMs = 2 ** 31 - 1;

type Stage = 'connecting' | 'waiting' | 'streaming' | 'answered' | 'ended';

/**
 * Supervises one call in time and size, and ends it: `signal` aborts when a limit is passed, the caller gives up or
 * `end()` is called early. Limits (milliseconds): `connectMs` until the response's headers, `firstTokenMs` until the first
 * content, then `idleMs` without any byte (pings and comments are life) and three times that without content, `totalMs`
 * over all. While the consumer holds a part and does not ask for the next, silence is its own and only `totalMs` runs.
 * Node's fetch has limits of its own of 300 s each for headers and for silence; settings beyond those have no effect.
 *
 * Touching it costs a clock reading; one timer per call looks at what was noted.
 */
export class Watchdog {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly startedAt = performance.now();
  private stage: Stage = 'connecting';
  private lastByteAt = this.startedAt;
  private lastContentAt = this.startedAt;
  private unread = 0;
  private held = false;
  private timer: NodeJS.Timeout | undefined;
  private verdict: FailureFacts | null = null;

  constructor(
    private readonly limits: TimeoutsConfig,
    private readonly caller: AbortSignal,
    private readonly subject: string,
  ) {
    this.signal = this.controller.signal;
    if (caller.aborted) this.cancel();
    else {
      caller.addEventListener('abort', this.cancel, { once: true });
      this.arm();
    }
  }

  /** Why the call was ended, or null. */
  get failure(): FailureFacts | null {
    return this.verdict;
  }

  connected(): void {
    if (this.stage !== 'connecting') return;
    this.stage = 'waiting';
    this.lastByteAt = performance.now();
  }

  bytes(count: number): void {
    this.lastByteAt = performance.now();
    this.unread += count;
    if (this.unread > unreadableBytes)
      this.fail({
        kind: 'malformed',
        message: `${this.subject} sent ${unreadableBytes / 1024 / 1024} MB without one complete event.`,
      });
  }

  event(): void {
    this.unread = 0;
  }

  content(): void {
    this.lastContentAt = this.lastByteAt;
    if (this.stage !== 'waiting') return;
    this.stage = 'streaming';
    // The limits that begin to run now may end sooner than the one the timer was set for.
    this.arm();
  }

  /** The terminal marker was seen; from now on, silence ends the call without being a failure. */
  answered(): void {
    if (this.stage === 'answered') return;
    this.stage = 'answered';
    this.arm();
  }

  /** The consumer has a part in hand. */
  hold(): void {
    this.held = true;
  }

  /** The consumer asks for more. */
  ask(): void {
    if (!this.held) return;
    this.held = false;
    this.lastByteAt = this.lastContentAt = performance.now();
  }

  /** Stops supervising; with `abort` the upstream socket is closed as well. */
  end(abort: boolean): void {
    this.stage = 'ended';
    clearTimeout(this.timer);
    this.caller.removeEventListener('abort', this.cancel);
    if (abort) this.controller.abort();
  }

  private readonly cancel = (): void => {
    const sent = this.stage !== 'connecting' || this.timer !== undefined;
    this.fail({ kind: 'cancelled', message: 'The call was cancelled.', billing: sent ? 'unknown' : 'none' });
  };

  private fail(facts: FailureFacts): void {
    if (this.stage === 'ended') return;
    this.verdict ??= facts;
    this.end(true);
  }

  private arm(): void {
    clearTimeout(this.timer);
    const wait = Math.max(1, Math.ceil(this.next().at - performance.now()));
    this.timer = setTimeout(this.look, Math.min(wait, longestTimerMs));
  }

  private readonly look = (): void => {
    if (this.next().at > performance.now()) return this.arm();
    // After a blocked event loop or a paused process timers run before sockets are read: look again once they were.
    setImmediate(() => {
      if (this.stage === 'ended') return;
      const { at, message } = this.next();
      if (at > performance.now()) return this.arm();
      if (this.stage === 'answered') return this.end(true);
      this.fail({ kind: 'timeout', message });
    });
  };

  /** The limit that is passed next, and what to say then. */
  private next(): { at: number; message: string } {
    const { connectMs, firstTokenMs, idleMs, totalMs } = this.limits;
    let due = { at: this.startedAt + totalMs, message: `${this.subject} did not finish within ${totalMs} ms.` };
    const consider = (at: number, message: string): void => {
      if (at < due.at) due = { at, message };
    };
    if (this.stage === 'connecting')
      consider(this.startedAt + connectMs, `${this.subject} did not respond within ${connectMs} ms.`);
    if (this.stage === 'connecting' || this.stage === 'waiting')
      consider(this.startedAt + firstTokenMs, `${this.subject} did not begin to answer within ${firstTokenMs} ms.`);
    if (this.held) {
      // Never passed, only the time to look again: the consumer may have asked for more by then.
      consider(performance.now() + idleMs, '');
      return due;
    }
    if (this.stage === 'streaming') {
      consider(this.lastByteAt + idleMs, `${this.subject} fell silent in mid-answer for ${idleMs} ms.`);
      consider(this.lastContentAt + 3 * idleMs, `${this.subject} sent no more text for ${3 * idleMs} ms, only signs of life.`);
    }
    if (this.stage === 'answered') consider(this.lastByteAt + Math.min(idleMs, farewellMs), '');
    return due;
  }
}

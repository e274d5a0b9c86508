import type { Usage } from '@polyphony/contracts';
import type { DeltaSink } from '@polyphony/events';

/** The text of one call as it arrives: goes into the log piece by piece, and is kept whole for the end. */
export class AnswerText {
  whole = '';
  /** The latest usage the provider reported before the end. */
  usage: Usage | null = null;
  private readonly startedAt = Date.now();
  private firstAt: number | null = null;
  private held = '';

  constructor(private readonly sink: DeltaSink) {}

  add(text: string): void {
    this.firstAt ??= Date.now();
    this.push(this.held + text, false);
  }

  /** No more text comes: what was held back is written. */
  finish(): void {
    this.push(this.held, true);
  }

  drained(): Promise<void> {
    return this.sink.drain();
  }

  /** Milliseconds from the call to its first token, and the speed from then on. */
  timing(usage: Usage | null): { timeToFirstTokenMs: number | null; tokensPerSecond: number | null } {
    if (this.firstAt === null) return { timeToFirstTokenMs: null, tokensPerSecond: null };
    const seconds = (Date.now() - this.firstAt) / 1000;
    const speed = usage?.outputTokens && seconds > 0 ? Math.round((usage.outputTokens / seconds) * 10) / 10 : null;
    return { timeToFirstTokenMs: this.firstAt - this.startedAt, tokensPerSecond: speed };
  }

  /**
   * PostgreSQL stores neither NUL nor half a surrogate pair. A pair split between two pieces is put together by holding its
   * first half back; what stays broken becomes U+FFFD.
   */
  private push(text: string, last: boolean): void {
    const split = !last && isHighSurrogate(text.charCodeAt(text.length - 1));
    this.held = split ? text.slice(-1) : '';
    const clean = (split ? text.slice(0, -1) : text).toWellFormed().replaceAll('\0', '\uFFFD');
    if (!clean) return;
    this.whole += clean;
    this.sink.push(clean);
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

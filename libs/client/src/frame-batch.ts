/**
 * Calls `deliver` with the newest value at most once per animation frame (16 ms where there are no frames).
 * A hidden tab paints no frames: a slower timer keeps values coming there.
 */
export class FrameBatch<T> {
  private pending: { value: T } | undefined;
  private frame: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly deliver: (value: T) => void) {}

  push(value: T): void {
    const scheduled = this.pending !== undefined;
    this.pending = { value };
    if (scheduled) return;
    const paint = framePainter();
    if (paint) this.frame = paint.requestAnimationFrame(() => this.flush());
    this.timer = setTimeout(() => this.flush(), paint ? 250 : 16);
  }

  /** Delivers what is pending now. */
  flush(): void {
    const { pending } = this;
    this.drop();
    if (pending) this.deliver(pending.value);
  }

  /** Forgets what is pending. */
  drop(): void {
    clearTimeout(this.timer);
    if (this.frame !== undefined) framePainter()?.cancelAnimationFrame(this.frame);
    this.pending = undefined;
    this.frame = undefined;
  }
}

interface FramePainter {
  requestAnimationFrame(callback: () => void): number;
  cancelAnimationFrame(handle: number): void;
}

function framePainter(): FramePainter | undefined {
  return 'requestAnimationFrame' in globalThis ? (globalThis as unknown as FramePainter) : undefined;
}

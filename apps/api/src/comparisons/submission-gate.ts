import { Injectable } from '@nestjs/common';
import { Refusal } from '@polyphony/comparisons';

const atOnce = 12;
const patienceMs = 700;

/**
 * Lets only so many submissions into the database at once, and refuses those that would wait too long, so that each is
 * answered within two seconds: one that is refused here has not been stored and never will be.
 */
@Injectable()
export class SubmissionGate {
  private inside = 0;
  private readonly waiting: { enter: () => void; refuse: (refusal: Refusal) => void; timer: NodeJS.Timeout }[] = [];

  /** `waitedMs`: how long the request has been on its way already, since its patience began when it arrived. */
  async pass<T>(work: () => Promise<T>, waitedMs = 0): Promise<T> {
    await this.enter(waitedMs);
    try {
      return await work();
    } finally {
      this.inside--;
      this.next();
    }
  }

  private enter(waitedMs: number): Promise<void> {
    if (this.inside < atOnce) {
      this.inside++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const entry = {
        enter: resolve,
        refuse: reject,
        timer: setTimeout(
          () => {
            this.waiting.splice(this.waiting.indexOf(entry), 1);
            entry.refuse(
              new Refusal('unavailable', 'Too many submissions are arriving at once. Try again shortly.', { retryAfterMs: 1000 }),
            );
          },
          Math.max(0, patienceMs - waitedMs),
        ),
      };
      this.waiting.push(entry);
    });
  }

  private next(): void {
    const entry = this.waiting.shift();
    if (!entry) return;
    clearTimeout(entry.timer);
    this.inside++;
    entry.enter();
  }
}

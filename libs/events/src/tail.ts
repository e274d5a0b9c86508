import type { ComparisonEvent } from '@polyphony/contracts';
import { type LogReader, PAGE } from './log-reader.js';
import type { WakeUps } from './wake-ups.js';

/**
 * Takes the events of one watcher, in order. Returning false means "no more for now": the tail then forgets the watcher
 * until its subscription is resumed, so that nothing piles up for a slow one.
 */
export type Deliver = (events: ComparisonEvent[]) => boolean;

interface Topic {
  /** Everything up to here has been given to every attached watcher. */
  cursor: number;
  readonly attached: Set<Subscription>;
}

/** One watcher's place in one log. */
export class Subscription {
  /** The last seq delivered. */
  cursor: number;
  stopped = false;
  paused = false;

  constructor(
    private readonly tail: EventTail,
    readonly comparisonId: string,
    after: number,
    readonly deliver: Deliver,
  ) {
    this.cursor = after;
  }

  /** Hands over what is new to this watcher. False when it wants no more for now. */
  give(events: ComparisonEvent[]): boolean {
    const fresh = events[0]!.seq > this.cursor ? events : events.filter((event) => event.seq > this.cursor);
    if (fresh.length === 0) return true;
    this.cursor = fresh.at(-1)!.seq;
    this.paused = !this.deliver(fresh);
    return !this.paused;
  }

  /** Goes on after a pause; with `after`, from there (a snapshot has covered what lies between). */
  resume(after: number = this.cursor): void {
    if (this.stopped || !this.paused) return;
    this.cursor = after;
    this.paused = false;
    this.tail.catchUp(this);
  }

  stop(): void {
    this.stopped = true;
    this.tail.detach(this);
  }
}

/**
 * Follows the logs that somebody in this process watches: one reader for all of them, woken by hints and once a second
 * anyway. A watcher first catches up from its own cursor, then rides along with everybody else.
 */
export class EventTail {
  private readonly topics = new Map<string, Topic>();
  private dirty = new Set<string>();
  private pumping = false;
  private readonly ticker: NodeJS.Timeout;

  constructor(
    private readonly reader: LogReader,
    wakeUps: WakeUps,
    private readonly onTrouble: (error: unknown) => void,
  ) {
    wakeUps.onEvents((ids) => this.wake(ids));
    this.ticker = setInterval(() => this.wake([...this.topics.keys()]), 1000);
    this.ticker.unref();
  }

  /** Every event after `after`, each exactly once and in order, until stopped. */
  watch(comparisonId: string, after: number, deliver: Deliver): Subscription {
    const subscription = new Subscription(this, comparisonId, after, deliver);
    this.catchUp(subscription);
    return subscription;
  }

  get watchers(): number {
    let count = 0;
    for (const topic of this.topics.values()) count += topic.attached.size;
    return count;
  }

  close(): void {
    clearInterval(this.ticker);
    this.topics.clear();
  }

  /** Called by subscriptions. */
  catchUp(subscription: Subscription): void {
    void this.replay(subscription);
  }

  /** Called by subscriptions. */
  detach(subscription: Subscription): void {
    const topic = this.topics.get(subscription.comparisonId);
    if (topic?.attached.delete(subscription) && topic.attached.size === 0) this.topics.delete(subscription.comparisonId);
  }

  private async replay(subscription: Subscription): Promise<void> {
    const { comparisonId } = subscription;
    while (!subscription.stopped && !subscription.paused) {
      const topic = this.topics.get(comparisonId);
      if (topic && subscription.cursor >= topic.cursor) return this.attach(topic, subscription);
      const given = topic?.cursor ?? 0; // others have been given this much, so a read that starts now finds it
      try {
        const events = (await this.reader.after(new Map([[comparisonId, subscription.cursor]]))).get(comparisonId) ?? [];
        if (subscription.stopped) return;
        if (events.length && !subscription.give(events)) return;
        if (subscription.stopped) return;
        if (events.length === 0) subscription.cursor = Math.max(subscription.cursor, given); // that part of the log is gone
        if (events.length < PAGE && !this.topics.has(comparisonId)) {
          const opened: Topic = { cursor: subscription.cursor, attached: new Set() };
          this.topics.set(comparisonId, opened);
          this.attach(opened, subscription);
          return this.wake([comparisonId]); // what was appended between the read and now
        }
      } catch (error) {
        this.onTrouble(error);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  }

  private attach(topic: Topic, subscription: Subscription): void {
    topic.attached.add(subscription);
  }

  private wake(comparisonIds: string[]): void {
    for (const id of comparisonIds) if (this.topics.has(id)) this.dirty.add(id);
    if (this.dirty.size > 0 && !this.pumping) void this.pump();
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    while (this.dirty.size > 0) {
      const cursors = new Map<string, number>();
      const asked = new Map<string, Topic>();
      for (const id of this.dirty) {
        const topic = this.topics.get(id);
        if (!topic) continue;
        cursors.set(id, topic.cursor);
        asked.set(id, topic);
      }
      this.dirty = new Set();
      if (cursors.size === 0) break;
      try {
        for (const [id, events] of await this.reader.after(cursors)) this.spread(id, asked.get(id)!, events);
      } catch (error) {
        this.onTrouble(error);
        await new Promise((resolve) => setTimeout(resolve, 250));
        for (const id of cursors.keys()) this.dirty.add(id);
      }
    }
    this.pumping = false;
  }

  /** `events` follow the cursor of `topic`, which may have been closed, and even opened anew, while they were read. */
  private spread(comparisonId: string, topic: Topic, events: ComparisonEvent[]): void {
    if (this.topics.get(comparisonId) !== topic) return this.wake([comparisonId]);
    topic.cursor = events.at(-1)!.seq;
    for (const subscription of topic.attached) {
      if (subscription.give(events)) continue;
      this.detach(subscription);
    }
    if (events.length === PAGE) this.dirty.add(comparisonId);
  }
}

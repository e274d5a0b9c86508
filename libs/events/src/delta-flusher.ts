import type { Pool } from 'pg';
import { type Fence, type NewEvent, append } from './append.js';
import type { WakeUps } from './wake-ups.js';

/** A stream of text into one comparison's log: an answer's attempt, or a synthesis. */
export interface DeltaStream {
  readonly comparisonId: string;
  readonly fence: Fence;
  /** The event that carries `text`. */
  readonly event: (text: string) => NewEvent['body'];
}

interface Pending {
  readonly stream: DeltaStream;
  text: string;
  /** UTF-8 bytes known to be in the log. */
  stored: number;
  started: boolean;
  /** A statement with text of this stream is under way. */
  inFlight: boolean;
  refused: boolean;
  readonly onRefused: () => void;
  waiting: (() => void)[];
  landing: (() => void)[];
}

/**
 * Writes the deltas of all streams of this process: a stream's first text at once, then whatever has gathered every
 * `intervalMs`, as one statement, one transaction and one wake-up. Texts of one stream that gather are joined.
 * While the database is away they wait; what a broken connection may or may not have stored is looked up, not guessed.
 */
export class DeltaFlusher {
  private dirty = new Set<Pending>();
  private timer: NodeJS.Timeout | null = null;
  private immediate = false;
  private flushing = false;
  private lastFlush = 0;

  constructor(
    private readonly pool: Pool,
    private readonly wakeUps: WakeUps,
    private readonly intervalMs: number,
    private readonly onTrouble: (error: unknown) => void,
  ) {}

  /** Opens a stream. `onRefused` is called once if its attempt turns out to be superseded: stop then. */
  open(stream: DeltaStream, onRefused: () => void): DeltaSink {
    const pending: Pending = {
      stream,
      text: '',
      stored: 0,
      started: false,
      inFlight: false,
      refused: false,
      onRefused,
      waiting: [],
      landing: [],
    };
    return {
      push: (text) => this.push(pending, text),
      drain: () => this.drain(pending),
      rest: () => this.rest(pending),
      close: () => this.close(pending),
    };
  }

  /** Streams with text that is not stored yet. */
  get backlog(): number {
    return this.dirty.size;
  }

  private push(pending: Pending, text: string): void {
    if (pending.refused || text === '') return;
    pending.text += text;
    this.dirty.add(pending);
    if (!pending.started) {
      pending.started = true;
      this.schedule(0);
    } else this.schedule(this.lastFlush + this.intervalMs - Date.now());
  }

  private drain(pending: Pending): Promise<void> {
    if (pending.text === '' && !pending.inFlight && !this.dirty.has(pending)) return Promise.resolve();
    return new Promise((resolve) => {
      pending.waiting.push(resolve);
      this.dirty.add(pending);
      this.schedule(0);
    });
  }

  private async rest(pending: Pending): Promise<string> {
    if (pending.inFlight) await new Promise<void>((resolve) => pending.landing.push(resolve));
    const { text, refused } = pending;
    this.close(pending);
    return refused ? '' : text;
  }

  private close(pending: Pending): void {
    pending.text = '';
    if (pending.waiting.length === 0) this.dirty.delete(pending);
  }

  private schedule(delayMs: number): void {
    if (this.flushing || this.immediate) return;
    if (delayMs <= 0) {
      if (this.timer) clearTimeout(this.timer);
      this.timer = null;
      this.immediate = true;
      setImmediate(() => void this.flush());
    } else this.timer ??= setTimeout(() => void this.flush(), delayMs);
  }

  private async flush(): Promise<void> {
    this.timer = null;
    this.immediate = false;
    if (this.flushing) return;
    this.flushing = true;
    this.lastFlush = Date.now();
    const batch = [...this.dirty];
    this.dirty = new Set();
    const taken = batch.map((pending) => pending.text);
    for (const pending of batch) {
      pending.text = '';
      pending.inFlight = true;
    }
    await this.store(batch, taken);
    this.flushing = false;
    if (this.dirty.size > 0) {
      const urgent = [...this.dirty].some((pending) => pending.waiting.length > 0 || pending.stored === 0);
      this.schedule(urgent ? 0 : Math.max(0, this.lastFlush + this.intervalMs - Date.now()));
    }
  }

  private async store(batch: Pending[], taken: string[]): Promise<void> {
    const texts = [...taken];
    for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
      const sent = batch
        .map((pending, place) => ({ pending, text: texts[place]! }))
        .filter(({ pending, text }) => text && !pending.refused);
      try {
        const events = sent.map(({ pending, text }) => ({
          comparisonId: pending.stream.comparisonId,
          body: pending.stream.event(text),
          fence: pending.stream.fence,
        }));
        const refused = await append(this.pool, events, this.wakeUps.channel);
        this.wakeUps.announce(sent.map(({ pending }) => pending.stream.comparisonId));
        for (const place of refused) this.refuse(sent[place]!.pending);
        for (const { pending, text } of sent) pending.stored += Buffer.byteLength(text);
        for (const pending of batch) this.settled(pending);
        return;
      } catch (error) {
        this.onTrouble(error);
        if (isRefusedData(error)) return this.storeApart(batch, texts);
        do await new Promise((resolve) => setTimeout(resolve, pause));
        while (!(await this.reconcile(batch, texts)));
      }
    }
  }

  /** One text the database will never take must not hold up the others: each is tried alone, and the culprit is refused. */
  private async storeApart(batch: Pending[], texts: string[]): Promise<void> {
    if (batch.length > 1) {
      for (const [place, pending] of batch.entries()) await this.store([pending], [texts[place]!]);
      return;
    }
    this.refuse(batch[0]!);
    this.settled(batch[0]!);
  }

  /**
   * After a failure nobody knows whether the batch was stored: ask the log, and keep only what is not in it. False while it
   * cannot be asked for every stream: writing before that could double text.
   */
  private async reconcile(batch: Pending[], texts: string[]): Promise<boolean> {
    for (const [place, pending] of batch.entries()) {
      if (!texts[place]) continue;
      const { type, text: _, ...identity } = pending.stream.event('') as { type: string; text: string };
      try {
        if ((await this.storedBytes(pending.stream.comparisonId, type, identity)) > pending.stored) {
          pending.stored += Buffer.byteLength(texts[place]);
          texts[place] = '';
        }
      } catch {
        return false;
      }
    }
    return true;
  }

  /** Waits for the log's lock first: an append whose connection broke may still be at work behind it. */
  private async storedBytes(comparisonId: string, type: string, identity: object): Promise<number> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT 1 FROM comparison_log WHERE comparison_id = $1 FOR UPDATE`, [comparisonId]);
      const { rows } = await client.query<{ bytes: string }>(
        `SELECT coalesce(sum(octet_length(body->>'text')), 0) AS bytes FROM event WHERE comparison_id = $1 AND type = $2 AND body::jsonb @> $3`,
        [comparisonId, type, JSON.stringify(identity)],
      );
      await client.query('COMMIT');
      client.release();
      return Number(rows[0]!.bytes);
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  private refuse(pending: Pending): void {
    if (pending.refused) return;
    pending.refused = true;
    pending.onRefused();
  }

  private settled(pending: Pending): void {
    pending.inFlight = false;
    for (const resolve of pending.landing.splice(0)) resolve();
    if (pending.text !== '' && !pending.refused) return;
    const { waiting } = pending;
    pending.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** SQLSTATE classes that say the data itself is at fault (22, 23), so that sending it again cannot help. */
function isRefusedData(error: unknown): boolean {
  return /^2[23]/.test((error as { code?: string } | null)?.code ?? '');
}

/** Where one stream puts its text. */
export interface DeltaSink {
  push(text: string): void;
  /** Resolves when everything pushed so far is stored, or refused. */
  drain(): Promise<void>;
  /** Takes back what is not in the log yet, for the caller to store together with the end; waits for what is on its way. */
  rest(): Promise<string>;
  /** Forgets what is not in the log yet. */
  close(): void;
}

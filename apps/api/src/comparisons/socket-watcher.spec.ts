import { EventEmitter } from 'node:events';
import type { Comparison, ComparisonEvent } from '@polyphony/contracts';
import type { Deliver, EventLog } from '@polyphony/events';
import { type ClientSocket, SocketWatcher } from './socket-watcher.js';

/** A socket that takes nothing until it is drained, over a log that hands out what it is told to. */
class SlowSocket {
  readonly sent: [name: string, payload: { seq: number }][] = [];
  readonly conn = Object.assign(new EventEmitter(), { writeBuffer: [] as unknown[] });
  readonly resumedFrom: (number | undefined)[] = [];
  deliver!: Deliver;
  cursor = 0;

  readonly socket = {
    conn: this.conn,
    emit: (name: string, payload: { seq: number }) => {
      this.sent.push([name, payload]);
      this.conn.writeBuffer.push(payload);
    },
  } as unknown as ClientSocket;

  readonly log = {
    tail: {
      watch: (_: string, __: number, deliver: Deliver) => {
        this.deliver = deliver;
        const { resumedFrom } = this;
        const cursor = (): number => this.cursor;
        return {
          stopped: false,
          get cursor() {
            return cursor();
          },
          resume: (after?: number) => resumedFrom.push(after),
          stop: () => undefined,
        };
      },
    },
  } as unknown as EventLog;

  give(count: number): boolean {
    const events = Array.from(
      { length: count },
      () => ({ seq: ++this.cursor, type: 'answer.delta' }) as unknown as ComparisonEvent,
    );
    return this.deliver(events);
  }

  async drain(): Promise<void> {
    this.conn.writeBuffer.length = 0;
    this.conn.emit('drain');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function watch(lastSeq: number): SlowSocket {
  const slow = new SlowSocket();
  const snapshot = (): Promise<Comparison> => Promise.resolve({ id: 'c', lastSeq } as Comparison);
  new SocketWatcher(slow.socket, 'c', 0, slow.log, snapshot);
  return slow;
}

describe('a socket that takes events more slowly than they come', () => {
  it('is given no more once a thousand wait for it, so that its buffer stays bounded', () => {
    const slow = watch(0);
    expect(slow.give(900)).toBe(true);
    expect(slow.give(200)).toBe(false);
  });

  it('goes on where it was when it is not far behind', async () => {
    const slow = watch(1_500);
    slow.give(1_100);
    await slow.drain();
    expect(slow.resumedFrom).toEqual([undefined]);
    expect(slow.sent.every(([name]) => name === 'comparison:event')).toBe(true);
  });

  it('is given a snapshot when it is far behind, and every event after that', async () => {
    const slow = watch(9_000);
    slow.give(1_100);
    await slow.drain();
    expect(slow.sent.at(-1)).toEqual([
      'comparison:snapshot',
      { comparisonId: 'c', seq: 9_000, snapshot: { id: 'c', lastSeq: 9_000 } },
    ]);
    expect(slow.resumedFrom).toEqual([9_000]);
  });

  it('costs nothing more once it has stopped watching', async () => {
    const slow = new SlowSocket();
    const watcher = new SocketWatcher(slow.socket, 'c', 0, slow.log, () => Promise.reject(new Error('must not be read')));
    slow.give(1_100);
    watcher.stop();
    await slow.drain();
    expect(slow.resumedFrom).toEqual([]);
  });
});

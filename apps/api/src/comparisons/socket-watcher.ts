import type { ClientToServer, Comparison, ComparisonEvent, ServerToClient } from '@polyphony/contracts';
import type { EventLog, Subscription } from '@polyphony/events';
import type { Socket } from 'socket.io';

export type ClientSocket = Socket<ClientToServer, ServerToClient>;

/** Packets that may wait for a socket before it is sent nothing more until it has taken them. */
const maxWaiting = 1_000;
/** A socket that is further behind than this is given a snapshot instead of every event. */
const maxBehind = 2_000;

/** Follows one comparison for one socket. A slow socket costs a bounded buffer, and nobody else anything. */
export class SocketWatcher {
  private readonly subscription: Subscription;
  private readonly onDrain = (): void => void this.drained();

  constructor(
    private readonly socket: ClientSocket,
    private readonly comparisonId: string,
    after: number,
    log: EventLog,
    private readonly snapshot: () => Promise<Comparison>,
  ) {
    this.subscription = log.tail.watch(comparisonId, after, (events) => this.deliver(events));
  }

  stop(): void {
    this.subscription.stop();
    this.socket.conn.off('drain', this.onDrain);
  }

  private deliver(events: ComparisonEvent[]): boolean {
    for (const event of events) this.socket.emit('comparison:event', event);
    if (this.waiting() <= maxWaiting) return true;
    this.socket.conn.once('drain', this.onDrain);
    return false;
  }

  private waiting(): number {
    return (this.socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length;
  }

  private async drained(): Promise<void> {
    if (this.subscription.stopped) return;
    const snapshot = await this.snapshot().catch(() => null);
    if (snapshot && snapshot.lastSeq - this.subscription.cursor > maxBehind) {
      this.socket.emit('comparison:snapshot', { comparisonId: this.comparisonId, seq: snapshot.lastSeq, snapshot });
      this.subscription.resume(snapshot.lastSeq);
    } else this.subscription.resume();
  }
}

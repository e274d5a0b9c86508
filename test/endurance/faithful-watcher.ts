import type { Ack, ComparisonEvent } from '@polyphony/contracts';
import { type Socket, io } from 'socket.io-client';

/**
 * A client that follows some comparisons, keeps only its place in each log, and drops its connection again and again.
 * Everything it was sent is kept as it came, so that what was doubled or skipped can be counted afterwards.
 */
export class FaithfulWatcher {
  readonly received = new Map<string, ComparisonEvent[]>();
  readonly faults: string[] = [];
  connections = 0;
  private socket: Socket | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly urls: readonly string[],
    private readonly token: string,
    private readonly random: () => number,
  ) {
    this.connect();
  }

  watch(comparisonId: string): void {
    this.received.set(comparisonId, []);
    if (this.socket?.connected) this.ask(this.socket, comparisonId);
  }

  stop(): void {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    this.socket?.disconnect();
  }

  private connect(): void {
    if (this.stopped) return;
    const url = this.urls[Math.floor(this.random() * this.urls.length)]!;
    const socket = io(url, { auth: { token: this.token }, transports: ['websocket'], forceNew: true, reconnection: false });
    this.socket = socket;
    socket.on('connect', () => {
      this.connections++;
      for (const id of this.received.keys()) this.ask(socket, id);
    });
    socket.on('comparison:event', (event: ComparisonEvent) => {
      if (socket === this.socket) this.take(event);
    });
    socket.on('comparison:snapshot', ({ comparisonId }: { comparisonId: string }) =>
      this.faults.push(`${comparisonId}: was sent a snapshot`),
    );
    const again = (): void => {
      if (socket !== this.socket || this.stopped) return;
      this.socket = null;
      if (this.timer) clearTimeout(this.timer);
      this.timer = setTimeout(() => this.connect(), 50 + this.random() * 300);
    };
    socket.on('disconnect', again);
    socket.on('connect_error', again);
    this.timer = setTimeout(() => socket.disconnect(), 1_000 + this.random() * 4_000);
  }

  private ask(socket: Socket, comparisonId: string): void {
    const after = this.received.get(comparisonId)!.at(-1)?.seq ?? 0;
    socket.emit('comparison:watch', { comparisonId, after }, (reply: Ack<{ seq: number }>) => {
      if (!reply.ok && reply.problem.code !== 'unavailable') this.faults.push(`${comparisonId}: ${reply.problem.detail}`);
      if (!reply.ok) socket.disconnect();
    });
  }

  private take(event: ComparisonEvent): void {
    const log = this.received.get(event.comparisonId);
    if (!log) return void this.faults.push(`${event.comparisonId}: was not asked for`);
    const expected = (log.at(-1)?.seq ?? 0) + 1;
    if (event.seq !== expected) this.faults.push(`${event.comparisonId}: seq ${event.seq} came where ${expected} was due`);
    log.push(event);
  }
}

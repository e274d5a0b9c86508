import type { Ack, ClientToServer, Comparison, ComparisonEvent, Problem, ServerToClient } from '@polyphony/contracts';
import { type Socket, io } from 'socket.io-client';

const ackTimeoutMs = 10_000;
const firstRetryMs = 250;
const lastRetryMs = 10_000;

export type WatchReply = Ack<{ seq: number; snapshot?: Comparison }>;

/** What one watch wants to hear from the shared connection. */
export interface ConnectionListener {
  readonly comparisonId: string;
  up(): void;
  down(): void;
  /** The server will not have us; nothing follows. */
  refused(problem: Problem): void;
  event(event: ComparisonEvent): void;
  snapshot(seq: number, snapshot: Comparison): void;
}

/**
 * The one socket all watches of a client share. It is open while somebody listens, and comes back for ever, with backoff,
 * whatever ended it: a restart of the server, a dropped network, an acknowledgement that never came.
 */
export class LiveConnection {
  private socket: Socket<ServerToClient, ClientToServer> | undefined;
  private readonly listeners = new Set<ConnectionListener>();
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private retries = 0;

  constructor(
    private readonly baseUrl: string,
    private readonly token: () => string | undefined,
  ) {}

  get isUp(): boolean {
    return this.socket?.connected ?? false;
  }

  join(listener: ConnectionListener): void {
    this.listeners.add(listener);
    if (!this.socket) this.open();
    else if (this.isUp) listener.up();
  }

  leave(listener: ConnectionListener): void {
    if (!this.listeners.delete(listener)) return;
    if (this.listeners.size === 0) this.close();
    else if (this.isUp && ![...this.listeners].some((other) => other.comparisonId === listener.comparisonId))
      this.socket?.emit('comparison:unwatch', { comparisonId: listener.comparisonId }, () => undefined);
  }

  /**
   * Asks to be sent the events. A connection that drops or stays silent answers never, and reconnects.
   * `answered` runs before any event that follows the acknowledgement, which a promise could not ensure.
   */
  watch(comparisonId: string, after: number | undefined, answered: (reply: WatchReply) => void): void {
    const { socket } = this;
    if (!socket?.connected) return;
    socket.timeout(ackTimeoutMs).emit('comparison:watch', { comparisonId, after }, (error, reply) => {
      if (!error) answered(reply);
      else if (socket === this.socket && socket.connected) this.reconnect();
    });
  }

  /** Connects anew, as another person perhaps. */
  reconnect(): void {
    if (!this.socket) return;
    this.socket.disconnect();
    this.retrySoon();
  }

  private open(): void {
    const url = new URL(this.baseUrl);
    const socket: Socket<ServerToClient, ClientToServer> = io(url.origin, {
      path: `${url.pathname.replace(/\/$/, '')}/socket.io`,
      auth: (give) => give({ token: this.token() }),
      forceNew: true,
      // A WebSocket needs no sticky sessions in front of several API processes; long polling serves where none gets through.
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: firstRetryMs,
      reconnectionDelayMax: lastRetryMs,
    });
    this.socket = socket;
    socket.on('connect', () => {
      this.retries = 0;
      this.tell((listener) => listener.up());
    });
    socket.on('disconnect', (reason) => {
      this.tell((listener) => listener.down());
      if (reason === 'io server disconnect') this.retrySoon();
    });
    socket.on('connect_error', (error: Error & { data?: Partial<Problem> }) => {
      if (error.data?.code === 'unauthenticated') this.refuse(error.data);
      else if (!socket.active) this.retrySoon();
    });
    socket.on('comparison:event', (event) => this.tell((listener) => listener.event(event), event.comparisonId));
    socket.on('comparison:snapshot', ({ comparisonId, seq, snapshot }) =>
      this.tell((listener) => listener.snapshot(seq, snapshot), comparisonId),
    );
  }

  private close(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    this.socket?.removeAllListeners();
    this.socket?.disconnect();
    this.socket = undefined;
  }

  /** socket.io comes back by itself after a lost transport, not after a refusal or a disconnection on purpose. */
  private retrySoon(): void {
    if (this.retryTimer !== undefined) return;
    const delay = Math.min(firstRetryMs * 2 ** this.retries++, lastRetryMs) * (0.5 + Math.random() / 2);
    this.retryTimer = setTimeout(() => {
      this.retryTimer = undefined;
      this.socket?.connect();
    }, delay);
  }

  private refuse(data: Partial<Problem>): void {
    const problem: Problem = {
      type: 'about:blank',
      title: 'A valid key or session is needed',
      status: 401,
      detail: 'The server did not accept the key or session. Sign in again or give another key.',
      ...data,
      code: 'unauthenticated',
    };
    const refused = [...this.listeners];
    this.listeners.clear();
    this.close();
    for (const listener of refused) listener.refused(problem);
  }

  private tell(say: (listener: ConnectionListener) => void, comparisonId?: string): void {
    const listeners = [...this.listeners];
    for (const listener of listeners) if (comparisonId === undefined || listener.comparisonId === comparisonId) say(listener);
  }
}

import { type Server as HttpServer, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Ack, Comparison, ComparisonEvent, EventBody, Problem, WatchRequest } from '@polyphony/contracts';
import { Server, type Socket } from 'socket.io';
import { applyEvent } from './apply-event.js';
import { aComparison, aLog, comparisonId } from './comparison.fixture.js';

type WatchReply = Ack<{ seq: number; snapshot?: Comparison }>;

/** A real HTTP and Socket.IO server with one comparison's log, which can misbehave and be restarted on its port. */
export class LogServer {
  readonly log: ComparisonEvent[] = [];
  readonly watchRequests: WatchRequest[] = [];
  readonly handshakes: unknown[] = [];
  /** How each event is sent; replace it to lose or double some. */
  deliver = (socket: Socket, event: ComparisonEvent) => void socket.emit('comparison:event', event);
  refuseHandshake: (() => Problem | undefined) | undefined;
  refuseWatch: (() => Problem | undefined) | undefined;
  stored: (() => Comparison) | undefined;
  /** Watches asked for while this is set get no acknowledgement. */
  silent = false;
  private http: HttpServer | undefined;
  private io: Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const http = (this.http = createServer((request, response) => {
      const body = request.url === `/v1/comparisons/${comparisonId}` ? (this.stored ?? (() => this.state()))() : undefined;
      response
        .writeHead(body ? 200 : 404, { 'content-type': 'application/json' })
        .end(JSON.stringify(body ?? { code: 'not_found', status: 404 }));
    }));
    const io = (this.io = new Server(http));
    io.use((socket, next) => {
      this.handshakes.push(socket.handshake.auth);
      const problem = this.refuseHandshake?.();
      next(problem ? Object.assign(new Error(problem.title), { data: problem }) : undefined);
    });
    io.on('connection', (socket) => {
      socket.on('comparison:watch', (request: WatchRequest, ack: (reply: WatchReply) => void) =>
        this.watch(socket, request, ack),
      );
    });
    await new Promise<void>((listening) => http.listen(this.port, '127.0.0.1', listening));
    this.port = (http.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const { http } = this;
    if (!http) return;
    this.http = undefined;
    http.closeAllConnections();
    await this.io?.close();
  }

  /** Appends to the log, also while stopped, and tells whoever watches. */
  append(...bodies: EventBody[]): void {
    for (const event of aLog(bodies, this.log.length + 1)) {
      this.log.push(event);
      if (this.http) for (const socket of this.watchers()) this.deliver(socket, event);
    }
  }

  dropSockets(): void {
    this.io?.disconnectSockets(true);
  }

  sendSnapshot(): void {
    for (const socket of this.watchers())
      socket.emit('comparison:snapshot', { comparisonId, seq: this.log.length, snapshot: this.state() });
  }

  state(): Comparison {
    return this.log.reduce(applyEvent, aComparison());
  }

  private watchers(): Socket[] {
    return [...(this.io?.sockets.sockets.values() ?? [])].filter((socket) => socket.data.watching);
  }

  private watch(socket: Socket, request: WatchRequest, ack: (reply: WatchReply) => void): void {
    this.watchRequests.push(request);
    if (this.silent) return;
    const problem = this.refuseWatch?.();
    if (problem) return ack({ ok: false, problem });
    socket.data.watching = true;
    if (request.after === undefined) return ack({ ok: true, seq: this.log.length, snapshot: this.state() });
    ack({ ok: true, seq: request.after });
    for (const event of this.log.slice(request.after)) this.deliver(socket, event);
  }
}

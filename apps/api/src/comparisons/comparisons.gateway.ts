import type { IncomingMessage } from 'node:http';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { Access, type Principal } from '@polyphony/accounts';
import { ComparisonControl, ComparisonCreator, ComparisonView, Refusal } from '@polyphony/comparisons';
import {
  type Ack,
  type Comparison,
  ComparisonRef,
  SocketCreateComparison,
  SocketFinish,
  WatchRequest,
} from '@polyphony/contracts';
import { EventLog } from '@polyphony/events';
import type { Server } from 'socket.io';
import { ApiSettings } from '../api-settings.js';
import { signInHint } from '../auth/admission.js';
import { isOwnOrigin, presentedToken } from '../auth/token.js';
import { parseInput } from '../problems/invalid-input.js';
import { problemOf } from '../problems/problem.js';
import { toProblem } from '../problems/to-problem.js';
import { type ClientSocket, SocketWatcher } from './socket-watcher.js';
import { SubmissionGate } from './submission-gate.js';

const recheckMs = 45_000;
const maxWatched = 200;

interface Session {
  principal: Principal;
  watchers: Map<string, SocketWatcher>;
  recheck: NodeJS.Timeout;
}

/** The same comparisons over Socket.IO: ask, watch, stop. Every message is acknowledged, with a problem where it is refused. */
@WebSocketGateway({ cors: false, maxHttpBufferSize: 4_000_000, serveClient: false })
export class ComparisonsGateway
  implements OnGatewayInit<Server>, OnGatewayConnection<ClientSocket>, OnGatewayDisconnect<ClientSocket>
{
  private readonly sessions = new WeakMap<ClientSocket, Session>();
  private readonly admitted = new WeakMap<ClientSocket, Principal>();

  constructor(
    private readonly access: Access,
    private readonly creator: ComparisonCreator,
    private readonly view: ComparisonView,
    private readonly control: ComparisonControl,
    private readonly gate: SubmissionGate,
    private readonly log: EventLog,
    private readonly settings: ApiSettings,
  ) {}

  /** Guards do not run on handshakes, so whoever connects is checked here. */
  afterInit(server: Server): void {
    server.use((socket, next) => {
      this.authenticate(socket as unknown as ClientSocket).then(
        (principal) => {
          if (!principal) return next(refusedHandshake());
          this.admitted.set(socket as unknown as ClientSocket, principal);
          next();
        },
        () => next(Object.assign(new Error('unavailable'), { data: problemOf('unavailable', 'Try again shortly.') })),
      );
    });
  }

  handleConnection(socket: ClientSocket): void {
    const recheck = setInterval(() => {
      this.authenticate(socket).then(
        (principal) => principal ?? socket.disconnect(true),
        () => undefined, // the database is away: ask again next time
      );
    }, recheckMs);
    this.sessions.set(socket, { principal: this.admitted.get(socket)!, watchers: new Map(), recheck });
  }

  handleDisconnect(socket: ClientSocket): void {
    const session = this.sessions.get(socket);
    if (!session) return;
    clearInterval(session.recheck);
    for (const watcher of session.watchers.values()) watcher.stop();
  }

  @SubscribeMessage('comparison:create')
  create(@ConnectedSocket() socket: ClientSocket, @MessageBody() body: unknown): Promise<Ack<{ comparison: Comparison }>> {
    return this.answer(socket, async (session) => {
      const { idempotencyKey, ...request } = parseInput(SocketCreateComparison, body);
      if (request.dryRun)
        throw new Refusal('invalid_request', 'A dry run has nothing to watch: use POST /v1/comparisons for it.');
      this.mayChange(session);
      const { comparison } = await this.gate.pass(() => this.creator.create(session.principal, request, idempotencyKey ?? null));
      this.follow(socket, session, comparison.id, 0);
      return { comparison };
    });
  }

  @SubscribeMessage('comparison:watch')
  watch(
    @ConnectedSocket() socket: ClientSocket,
    @MessageBody() body: unknown,
  ): Promise<Ack<{ seq: number; snapshot?: Comparison }>> {
    return this.answer(socket, async (session) => {
      const { comparisonId, after } = parseInput(WatchRequest, body);
      await this.view.mayGoOn(session.principal.workspaceId, comparisonId); // refuses what is not theirs
      if (after !== undefined && (await this.log.reader.reachesBackTo(comparisonId, after))) {
        this.follow(socket, session, comparisonId, after);
        return { seq: after };
      }
      const snapshot = await this.view.get(session.principal.workspaceId, comparisonId);
      this.follow(socket, session, comparisonId, snapshot.lastSeq);
      return { seq: snapshot.lastSeq, snapshot };
    });
  }

  @SubscribeMessage('comparison:unwatch')
  unwatch(@ConnectedSocket() socket: ClientSocket, @MessageBody() body: unknown): Promise<Ack> {
    return this.answer(socket, async (session) => {
      const { comparisonId } = parseInput(ComparisonRef, body);
      session.watchers.get(comparisonId)?.stop();
      session.watchers.delete(comparisonId);
      return {};
    });
  }

  @SubscribeMessage('comparison:cancel')
  cancel(@ConnectedSocket() socket: ClientSocket, @MessageBody() body: unknown): Promise<Ack> {
    return this.answer(socket, async (session) => {
      const { comparisonId } = parseInput(ComparisonRef, body);
      this.mayChange(session);
      await this.control.cancel(session.principal.workspaceId, comparisonId);
      return {};
    });
  }

  @SubscribeMessage('comparison:finish')
  finish(@ConnectedSocket() socket: ClientSocket, @MessageBody() body: unknown): Promise<Ack> {
    return this.answer(socket, async (session) => {
      const { comparisonId, cancelRest } = parseInput(SocketFinish, body);
      this.mayChange(session);
      await this.control.finish(session.principal.workspaceId, comparisonId, cancelRest);
      return {};
    });
  }

  /** Follows from a seq on; watching again replaces the earlier watch, so that nothing is delivered twice. */
  private follow(socket: ClientSocket, session: Session, comparisonId: string, after: number): void {
    if (!socket.connected) return;
    const { watchers, principal } = session;
    watchers.get(comparisonId)?.stop();
    watchers.delete(comparisonId);
    if (watchers.size >= maxWatched)
      throw new Refusal('rate_limited', `A socket may watch ${maxWatched} comparisons at once: unwatch some.`);
    const snapshot = (): Promise<Comparison> => this.view.get(principal.workspaceId, comparisonId);
    watchers.set(comparisonId, new SocketWatcher(socket, comparisonId, after, this.log, snapshot));
  }

  private async answer<T extends object>(socket: ClientSocket, work: (session: Session) => Promise<T>): Promise<Ack<T>> {
    try {
      const session = this.sessions.get(socket);
      if (!session) throw new Refusal('unauthenticated', signInHint);
      return { ok: true, ...(await work(session)) };
    } catch (error) {
      return { ok: false, problem: toProblem(error).problem };
    }
  }

  private mayChange({ principal }: Session): void {
    if (principal.role === 'viewer') throw new Refusal('forbidden', 'A viewer may look, but not change anything.');
  }

  private async authenticate(socket: ClientSocket): Promise<Principal | null> {
    const given = (socket.handshake.auth as { token?: unknown }).token;
    if (typeof given === 'string') return this.access.authenticate(given);
    const { headers } = socket.request as IncomingMessage;
    const presented = presentedToken(headers);
    if (!presented || (presented.by === 'cookie' && !isOwnOrigin(headers, this.settings.publicUrl))) return null;
    return this.access.authenticate(presented.token);
  }
}

function refusedHandshake(): Error {
  return Object.assign(new Error('unauthenticated'), {
    data: problemOf('unauthenticated', 'Send a valid key as auth.token in the handshake, or sign in.'),
  });
}

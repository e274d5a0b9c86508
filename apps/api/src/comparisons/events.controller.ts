import { Controller, Get, Headers, type BeforeApplicationShutdown, Param, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Principal } from '@polyphony/accounts';
import { ComparisonView } from '@polyphony/comparisons';
import { type Comparison, type ComparisonEvent, Id, isTerminal } from '@polyphony/contracts';
import { EventLog, type Subscription } from '@polyphony/events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Caller } from '../auth/auth.guard.js';
import { parseInput } from '../problems/invalid-input.js';

const EventsQuery = z.strictObject({ after: z.coerce.number().int().min(0).optional() });
const LastEventId = z.coerce.number('Last-Event-ID must be a seq').int().min(0);
const keepAliveMs = 15_000;

/** A comparison's log as Server-Sent Events: replayed from a seq, then live, until the terminal event. */
@ApiTags('comparisons')
@ApiBearerAuth()
@Controller('v1/comparisons')
export class EventsController implements BeforeApplicationShutdown {
  private readonly open = new Set<FastifyReply['raw']>();

  constructor(
    private readonly view: ComparisonView,
    private readonly log: EventLog,
  ) {}

  @Get(':id/events')
  @ApiOperation({
    summary: 'Follow a comparison as Server-Sent Events',
    description: '`Last-Event-ID` resumes; closes after the terminal event.',
  })
  @ApiResponse({ status: 200, description: 'text/event-stream: `id` is the seq, `event` the type, `data` the event' })
  @ApiResponse({ status: 204, description: 'Nothing more can follow' })
  async events(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: EventsQuery }) query: z.infer<typeof EventsQuery>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = lastEventId ? parseInput(LastEventId, lastEventId) : (query.after ?? 0);
    const mayGoOn = await this.view.mayGoOn(caller.workspaceId, id);
    const reaches = await this.log.reader.reachesBackTo(id, after);
    const snapshot = reaches ? null : await this.view.get(caller.workspaceId, id);
    if (!mayGoOn && reaches && !(await this.hasMore(id, after))) return void reply.status(204).send();
    if (!mayGoOn && snapshot && snapshot.lastSeq <= after) return void reply.status(204).send();
    reply.hijack();
    this.stream(request, reply.raw, id, after, snapshot, mayGoOn);
  }

  /** Before the server closes, which would wait for them. Clients resume elsewhere. */
  beforeApplicationShutdown(): void {
    for (const raw of this.open) raw.end();
  }

  private async hasMore(id: string, after: number): Promise<boolean> {
    return (await this.log.reader.after(new Map([[id, after]]))).size > 0;
  }

  private stream(
    request: FastifyRequest,
    raw: FastifyReply['raw'],
    id: string,
    after: number,
    snapshot: Comparison | null,
    mayGoOn: boolean,
  ): void {
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': request.id,
    });
    raw.write(': stream\n\n');
    if (snapshot) {
      raw.write(`id: ${snapshot.lastSeq}\nevent: snapshot\ndata: ${JSON.stringify({ seq: snapshot.lastSeq, snapshot })}\n\n`);
      if (!mayGoOn) return void raw.end();
    }
    this.open.add(raw);
    const keepAlive = setInterval(() => raw.write(': keep-alive\n\n'), keepAliveMs);
    const subscription: Subscription = this.log.tail.watch(id, snapshot?.lastSeq ?? after, (events) => {
      if (raw.writableEnded) return false;
      const more = raw.write(events.map(frame).join(''));
      if (isTerminal(events.at(-1)!)) raw.end();
      return more;
    });
    raw.on('drain', () => subscription.resume());
    raw.on('close', () => {
      clearInterval(keepAlive);
      subscription.stop();
      this.open.delete(raw);
    });
  }
}

function frame(event: ComparisonEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

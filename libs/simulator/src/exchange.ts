import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Call } from './call.js';
import { midStreamFault } from './faults.js';
import type { FaultMemory, Instead } from './faults.js';
import type { Journal, JournalEntry } from './journal.js';
import { openOutlet } from './outlet.js';
import type { Outlet } from './outlet.js';
import type { Pacer, Paced } from './pacing.js';
import { errorBody } from './provider-error.js';
import { isStructured, planReply } from './reply.js';
import type { Reply } from './reply.js';
import { StreamReply } from './stream-reply.js';
import type { Pace } from './stream-reply.js';
import { voiceOf } from './voices.js';
import { anthropicWire } from './wire-anthropic.js';
import { chatWire } from './wire-chat.js';
import { responsesWire } from './wire-responses.js';
import { eventStreamHeaders, replyHeaders } from './wire.js';
import type { Wire } from './wire.js';

const wires = { anthropic: anthropicWire, responses: responsesWire, chat: chatWire };

/** JSON for a program is written this much faster than prose when the model name sets no rate. */
const structuredHaste = 5;
const keepAliveEveryMs = 100;

/** One model call from the parsed request to the last byte: the reply or its fault, and its line in the journal. */
export class Exchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #pacer: Pacer;
  readonly #journal: Journal;
  readonly #entry: JournalEntry;
  readonly #call: Call;
  readonly #stops: (() => void)[] = [];
  #faulted = false;
  #billable = false;

  constructor(
    exchange: { request: IncomingMessage; response: ServerResponse; call: Call; entry: JournalEntry },
    shared: { pacer: Pacer; journal: Journal },
  ) {
    this.#request = exchange.request;
    this.#response = exchange.response;
    this.#call = exchange.call;
    this.#entry = exchange.entry;
    this.#pacer = shared.pacer;
    this.#journal = shared.journal;
    this.#response.on('close', this.#closed);
  }

  run(faults: FaultMemory): void {
    const instead = faults.instead(this.#call, this.#entry.purpose);
    const { ttft } = this.#call.model.modifiers;
    if (instead) this.#after(instead.kind === 'error' ? (ttft ?? 0) : 0, () => this.#replace(instead));
    else this.#reply(planReply(this.#call, this.#entry.purpose));
  }

  #replace(instead: Instead): void {
    this.#faulted = true;
    const { format } = this.#call;
    const { requestId } = this.#entry;
    switch (instead.kind) {
      case 'error': {
        const body = errorBody(format, { status: instead.status, case: instead.case, requestId, model: this.#call.model.full });
        this.#whole(instead.status, 'application/json', body, instead.retryAfter ? { 'retry-after': instead.retryAfter } : {});
        return;
      }
      case 'reset':
        this.#end('faulted');
        this.#request.socket.resetAndDestroy();
        return;
      case 'hang':
        return;
      case 'stallFirst':
        this.#head(eventStreamHeaders);
        this.#response.flushHeaders();
        return;
      case 'pingOnly':
        this.#pingForEver();
        return;
      case 'html':
        this.#whole(
          200,
          'text/html; charset=utf-8',
          '<!doctype html>\n<title>Simulated gateway</title>\n<p>Please sign in to continue.\n',
        );
        return;
      case 'jsonError':
        this.#whole(
          200,
          'application/json',
          JSON.stringify({
            error: { message: 'Provider returned error', code: 502, metadata: { error_type: 'provider_error' } },
          }),
        );
        return;
    }
  }

  #reply(reply: Reply): void {
    const { modifiers } = this.#call.model;
    const wire = wires[this.#call.format]({
      call: this.#call,
      finish: reply.finish,
      usage: !modifiers.noUsage,
      requestId: this.#entry.requestId,
    });
    this.#billable = true;
    const whole = !this.#call.stream || modifiers.jsonBody === true;
    this.#faulted = this.#call.stream && whole;
    const outlet = openOutlet(this.#response, this.#pacer, modifiers);
    this.#stops.push(() => outlet.stop());
    if (whole) this.#wholeReply(reply, wire, outlet);
    else this.#streamReply(reply, wire, outlet);
  }

  #streamReply(reply: Reply, wire: Wire, outlet: Outlet): void {
    const { modifiers } = this.#call.model;
    this.#head(eventStreamHeaders);
    const plan = {
      reply,
      wire,
      pace: this.#pace(),
      fault: midStreamFault(modifiers),
      crlf: modifiers.crlf === true,
      comments: modifiers.comments === true,
    };
    const stream = new StreamReply(this.#response, outlet, this.#pacer, plan, {
      sent: (deltas) => this.#sent(deltas),
      faulted: () => {
        this.#faulted = true;
      },
      ended: (outcome) => this.#end(this.#faulted ? 'faulted' : outcome),
    });
    this.#stops.push(() => stream.stop());
    // Headers leave before the first delta is due, as providers' do.
    if (plan.pace.ttft > 0) this.#response.flushHeaders();
    stream.start();
  }

  /** A reply in one body. Faults in mid-stream become what they would be here: half a body, or one that never ends. */
  #wholeReply(reply: Reply, wire: Wire, outlet: Outlet): void {
    const { ttft, rate } = this.#pace();
    const fault = midStreamFault(this.#call.model.modifiers);
    this.#after(ttft + (rate > 0 ? (reply.deltas.length * 1000) / rate : 0), () => {
      if (fault?.kind === 'midError' || (fault?.kind === 'failed' && this.#call.format !== 'responses')) {
        this.#billable = false;
        this.#replace({ kind: 'error', status: 500 });
        return;
      }
      const count = reply.deltas.length;
      const body = wire.body(reply.deltas.join(''), count, fault?.kind === 'failed');
      this.#head({ 'content-type': 'application/json' });
      this.#sent(count);
      if (fault?.kind === 'stall' || fault?.kind === 'cut') {
        this.#faulted = true;
        outlet.send(body.slice(0, body.length / 2));
        if (fault.kind === 'stall') return;
        this.#end('faulted');
        outlet.cut();
        return;
      }
      const torn = fault?.kind === 'eof' || fault?.kind === 'garbage';
      this.#end(fault || this.#faulted ? 'faulted' : 'completed');
      outlet.end(torn ? body.slice(0, body.length / 2) : body);
    });
  }

  #pingForEver(): void {
    const wire = wires[this.#call.format]({ call: this.#call, finish: 'stop', usage: true, requestId: this.#entry.requestId });
    this.#head(eventStreamHeaders);
    this.#response.write(this.#call.format === 'anthropic' ? wire.opening() : wire.keepAlive());
    const paced: Paced = {
      advance: (now) => {
        this.#response.write(wire.keepAlive());
        return now + keepAliveEveryMs;
      },
    };
    this.#stops.push(() => this.#pacer.cancel(paced));
    this.#pacer.schedule(paced, 0);
  }

  #pace(): Pace {
    const { rate, ttft, slowJudge, dribble } = this.#call.model.modifiers;
    const voice = voiceOf(this.#call.model.base);
    const structured = isStructured(this.#entry.purpose);
    return {
      ttft: structured && slowJudge !== undefined ? slowJudge : (ttft ?? voice.ttft),
      rate: dribble ? 0 : (rate ?? voice.rate * (structured ? structuredHaste : 1)),
    };
  }

  #after(delayMs: number, action: () => void): void {
    if (delayMs <= 0) {
      action();
      return;
    }
    const waiting = this.#pacer.after(delayMs, action);
    this.#stops.push(() => this.#pacer.cancel(waiting));
  }

  #head(headers: Record<string, string>, status = 200): void {
    this.#entry.status = status;
    this.#response.writeHead(status, { ...replyHeaders(this.#call.format, this.#entry.requestId), ...headers });
  }

  #whole(status: number, contentType: string, body: string, headers: Record<string, string> = {}): void {
    this.#head({ 'content-type': contentType, 'content-length': String(Buffer.byteLength(body)), ...headers }, status);
    this.#end('faulted');
    this.#response.end(body);
  }

  #sent(deltas: number): void {
    this.#entry.deltasSent = deltas;
    this.#entry.outputTokens = deltas;
  }

  #end(outcome: 'completed' | 'faulted' | 'aborted'): void {
    const { prices } = voiceOf(this.#call.model.base);
    this.#journal.finish(
      this.#entry,
      outcome,
      this.#billable ? { input: prices.input * 1000, output: prices.output * 1000 } : null,
    );
  }

  #closed = (): void => {
    for (const stop of this.#stops) stop();
    if (this.#entry.finishedAt !== null) return;
    this.#entry.closedByClientAt = Date.now();
    this.#end(this.#faulted ? 'faulted' : 'aborted');
  };
}

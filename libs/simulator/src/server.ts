import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CallError, readCall } from './call.js';
import type { Call, Format } from './call.js';
import { Exchange } from './exchange.js';
import { FaultMemory } from './faults.js';
import { questionHash } from './hash.js';
import { Journal } from './journal.js';
import type { JournalEntry, Purpose } from './journal.js';
import { anthropicList, anthropicModel, openaiList, openaiModel } from './model-list.js';
import { Pacer } from './pacing.js';
import { errorBody } from './provider-error.js';
import type { ErrorFacts } from './provider-error.js';
import { purposeOf } from './structured.js';
import { voices } from './voices.js';
import { newId, replyHeaders } from './wire.js';

export interface SimulatorOptions {
  /** 0 or absent: any free port. */
  port?: number;
  host?: string;
  /** Further names for the model lists, for clients that refuse what is not listed; modifiers are allowed. */
  models?: readonly string[];
  /** False: there are no model lists (404), as with servers that have none; clients then cannot refuse a name. */
  lists?: boolean;
  /** How many requests the journal keeps. */
  journalLimit?: number;
}

export interface Simulator {
  /** Without a slash at the end; base URLs are `<url>/openai/v1`, `<url>/anthropic` and the root itself. */
  readonly url: string;
  readonly port: number;
  readonly journal: Journal;
  /** Closes every connection, streams in progress included. */
  close(): Promise<void>;
}

type Handler = 'anthropic' | 'responses' | 'chat' | 'countMessages' | 'countInput' | 'models';

const routes: Record<string, Handler> = {
  '/messages': 'anthropic',
  '/messages/count_tokens': 'countMessages',
  '/responses': 'responses',
  '/responses/input_tokens': 'countInput',
  '/chat/completions': 'chat',
  '/models': 'models',
};

/** The largest body taken, as at the providers. */
const bodyLimit = 32 * 1024 * 1024;

class SimulatorServer {
  readonly journal: Journal;
  readonly #pacer = new Pacer();
  readonly #faults = new FaultMemory();
  readonly #models: readonly string[];
  readonly #lists: boolean;
  readonly #server: Server;

  constructor(options: SimulatorOptions) {
    this.journal = new Journal(options.journalLimit);
    this.#models = [...voices.map((voice) => voice.id), ...(options.models ?? [])];
    this.#lists = options.lists ?? true;
    this.#server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => this.#route(request, response));
  }

  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, host, backlog: 4096 }, () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  close(): Promise<void> {
    this.#pacer.stop();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #route(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '/';
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    if (path.startsWith('/__')) {
      this.#control(request, response, path, new URLSearchParams(query < 0 ? '' : url.slice(query + 1)));
      return;
    }
    const anthropic = path.startsWith('/anthropic/') || request.headers['anthropic-version'] !== undefined;
    const local = path.replace(/^\/(?:openai|anthropic)(?=\/)/, '').replace(/^\/v1(?=\/)/, '');
    const modelId = local.startsWith('/models/') ? decodedId(local.slice('/models/'.length)) : null;
    const handler = modelId === null ? routes[local] : 'models';
    const format = formatOf(handler, anthropic);
    const wanted = handler === 'models' ? 'GET' : 'POST';
    const visit = new Visit(request, response, path, format, this.journal);
    if (handler === undefined) visit.refuse({ status: 404, message: `Unknown request URL: ${request.method} ${path}.` });
    else if (request.method !== wanted) visit.refuse({ status: 405, message: `${path} takes ${wanted} requests.` });
    else if (!visit.authorised()) visit.refuse({ status: 401 });
    else if (handler === 'models') this.#list(visit, format, modelId);
    else this.#read(visit, (body) => this.#answer(visit, handler, format, body));
  }

  #list(visit: Visit, format: Format, id: string | null): void {
    if (!this.#lists) visit.refuse({ status: 404, message: 'This server has no list of models.' });
    else if (id === null) visit.reply('models', format === 'anthropic' ? anthropicList(this.#models) : openaiList(this.#models));
    else if (this.#models.includes(id.split('+', 1)[0] as string) || this.#models.includes(id))
      visit.reply('models', format === 'anthropic' ? anthropicModel(id) : openaiModel(id));
    else visit.refuse({ status: 404, model: id });
  }

  #read(visit: Visit, then: (body: string) => void): void {
    const chunks: Buffer[] = [];
    let length = 0;
    visit.request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bodyLimit) chunks.push(chunk);
    });
    visit.request.on('end', () => {
      if (length > bodyLimit) visit.refuse({ status: 413 });
      else then(Buffer.concat(chunks).toString());
    });
  }

  #answer(visit: Visit, handler: Exclude<Handler, 'models'>, format: Format, text: string): void {
    const counting = handler === 'countMessages' || handler === 'countInput';
    let call: Call;
    try {
      const body: unknown = JSON.parse(text);
      if (typeof body !== 'object' || body === null || Array.isArray(body))
        throw new CallError('The body must be a JSON object.');
      if (format === 'anthropic') checkAnthropic(visit.request, body as Record<string, unknown>);
      call = readCall(format, body as Record<string, unknown>, { counting });
    } catch (error) {
      if (error instanceof CallError) visit.refuse({ status: 400, message: error.message, param: error.param });
      else if (error instanceof SyntaxError) visit.refuse({ status: 400, message: 'The body of the request is not valid JSON.' });
      else throw error;
      return;
    }
    if (counting) {
      visit.reply('countTokens', {
        ...(handler === 'countInput' && { object: 'response.input_tokens' }),
        input_tokens: call.inputTokens,
      });
      return;
    }
    call = this.#faults.settle(call);
    const entry = visit.begin(purposeOf(call), call);
    const { request, response } = visit;
    new Exchange({ request, response, call, entry }, { pacer: this.#pacer, journal: this.journal }).run(this.#faults);
  }

  #control(request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams): void {
    const line = `${request.method} ${path}`;
    if (line === 'GET /__journal') sendJson(response, 200, { entries: this.journal.entries(Number(query.get('since')) || 0) });
    else if (line === 'DELETE /__journal') {
      this.journal.clear();
      response.writeHead(204).end();
    } else if (line === 'GET /__stats') sendJson(response, 200, this.journal.stats());
    else if (line === 'GET /__bill') sendJson(response, 200, this.journal.bill());
    else sendJson(response, 404, { error: 'Known are GET and DELETE /__journal, GET /__stats, GET /__bill.' });
  }
}

/** One request before it is known to be a call: who asks, and the ways to answer at once. */
class Visit {
  readonly requestId: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly #path: string;
  readonly #format: Format;
  readonly #journal: Journal;

  constructor(request: IncomingMessage, response: ServerResponse, path: string, format: Format, journal: Journal) {
    this.request = request;
    this.response = response;
    this.#path = path;
    this.#format = format;
    this.#journal = journal;
    this.requestId = newId('req');
  }

  /** Any key will do, except one that begins with `invalid`. */
  authorised(): boolean {
    const key = this.#key();
    return key !== null && key.value !== '' && !key.value.startsWith('invalid');
  }

  begin(purpose: Purpose, call: Call | null): JournalEntry {
    const key = this.#key();
    return this.#journal.begin({
      path: this.#path,
      format: this.#format,
      model: call?.model.full ?? null,
      questionHash: call ? questionHash(call.question) : null,
      purpose,
      stream: call?.stream ?? false,
      credential: key?.header ?? null,
      keyHint: key ? key.value.slice(-4) : null,
      requestId: this.requestId,
      inputTokens: call?.inputTokens ?? 0,
    });
  }

  reply(purpose: Purpose, body: object): void {
    this.#send(this.begin(purpose, null), 200, JSON.stringify(body));
  }

  refuse(facts: Omit<ErrorFacts, 'requestId'>): void {
    this.#send(this.begin('answer', null), facts.status, errorBody(this.#format, { ...facts, requestId: this.requestId }));
  }

  #send(entry: JournalEntry, status: number, body: string): void {
    entry.status = status;
    this.#journal.finish(entry, 'completed', null);
    this.response.writeHead(status, { ...replyHeaders(this.#format, this.requestId), 'content-type': 'application/json' });
    this.response.end(body);
  }

  #key(): { header: 'bearer' | 'x-api-key'; value: string } | null {
    const { authorization, 'x-api-key': apiKey } = this.request.headers;
    if (authorization && /^bearer /i.test(authorization))
      return { header: 'bearer', value: authorization.slice('bearer '.length).trim() };
    return typeof apiKey === 'string' ? { header: 'x-api-key', value: apiKey } : null;
  }
}

/** The path decides the format; the header only where providers share a path. */
function formatOf(handler: Handler | undefined, anthropic: boolean): Format {
  if (handler === 'anthropic' || handler === 'countMessages') return 'anthropic';
  if (handler === 'responses' || handler === 'countInput') return 'responses';
  return handler !== 'chat' && anthropic ? 'anthropic' : 'chat';
}

/** The first version of Anthropic's API without sampling parameters. */
const withoutSampling = '2026-10-21';

function checkAnthropic(request: IncomingMessage, body: Record<string, unknown>): void {
  const version = request.headers['anthropic-version'];
  if (typeof version !== 'string') throw new CallError('anthropic-version: header is required');
  const sampling = ['temperature', 'top_p', 'top_k'].find((name) => body[name] !== undefined);
  if (sampling && version >= withoutSampling) throw new CallError(`${sampling}: Extra inputs are not permitted`, sampling);
}

function decodedId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/**
 * Starts a simulator of the providers' HTTP APIs on its own port. Base URLs: `<url>/openai/v1` (Responses, Chat
 * Completions), `<url>/anthropic` (Messages), and the same paths at the root. Rejects when the port is taken.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  const server = new SimulatorServer(options);
  const port = await server.listen(options.port ?? 0, host);
  const authority = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${authority}:${port}`, port, journal: server.journal, close: () => server.close() };
}

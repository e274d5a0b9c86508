import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProviderConnection, TimeoutsConfig } from '@polyphony/config';
import type { CallRequest, ModelProvider, StreamPart } from './provider.port.js';
import type { ProviderError } from './provider-error.js';
import { Providers } from './providers.js';

/** What the replaying server does with one request. Pieces are written one by one, each in a packet of its own. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  pieces?: readonly (string | Buffer)[];
  /** `end` closes the body properly, `cut` destroys the socket, `stall` leaves everything open. Default `end`. */
  after?: 'end' | 'cut' | 'stall';
  /** Milliseconds between the pieces. */
  everyMs?: number;
  /** Accepts the request and never sends headers. */
  mute?: boolean;
}

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
  /** The port the client called from: the same for two requests that shared a socket. */
  port: number;
  /** Settles when the socket of this request is closed. */
  closed: Promise<void>;
}

export interface Replay {
  url: string;
  received: Received[];
  /** Settles with the first request. */
  first: Promise<Received>;
  close(): Promise<void>;
}

const running = new Set<Replay>();

/** To be called after each test: closes what the test left running. */
export async function closeReplays(): Promise<void> {
  await Promise.all([...running].map((each) => each.close()));
  running.clear();
}

/** A server that answers every request with the recorded reply. */
export async function replay(reply: Reply | ((request: Received) => Reply)): Promise<Replay> {
  const received: Received[] = [];
  let announce: (request: Received) => void = () => {};
  const first = new Promise<Received>((resolve) => (announce = resolve));
  const server = createServer((incoming, response) => {
    let text = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => (text += chunk));
    incoming.on('end', () => {
      const request: Received = {
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
        port: incoming.socket.remotePort ?? 0,
        closed: new Promise((resolve) => incoming.socket.once('close', () => resolve())),
      };
      received.push(request);
      announce(request);
      void send(typeof reply === 'function' ? reply(request) : reply, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const started: Replay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    first,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  running.add(started);
  return started;
}

async function send(reply: Reply, response: ServerResponse): Promise<void> {
  if (reply.mute) return;
  response.socket?.setNoDelay(true);
  response.writeHead(reply.status ?? 200, { 'content-type': 'text/event-stream; charset=utf-8', ...reply.headers });
  response.flushHeaders();
  for (const piece of reply.pieces ?? []) {
    if (response.destroyed) return;
    response.write(piece);
    await new Promise((resolve) => (reply.everyMs === undefined ? setImmediate(resolve) : setTimeout(resolve, reply.everyMs)));
  }
  if (reply.after === 'cut') response.socket?.destroy();
  else if (reply.after !== 'stall') response.end();
}

/** A key that must never be seen again. */
export const canary = 'sk-canary-7f3a9b2c4d5e6f70';
export const patient: TimeoutsConfig = { connectMs: 5_000, firstTokenMs: 5_000, idleMs: 5_000, totalMs: 20_000 };

export function providerFor(
  kind: ProviderConnection['kind'],
  baseUrl: string,
  timeouts: Partial<TimeoutsConfig> = {},
  more: Partial<ProviderConnection> = {},
): ModelProvider {
  const connection: ProviderConnection = { id: 'acme', kind, baseUrl, apiKey: canary, simulated: false, concurrency: 8, ...more };
  const providers = new Providers({
    connections: [connection],
    timeouts: { ...patient, ...timeouts },
    retry: { attempts: 3, baseMs: 500, maxMs: 20_000 },
    circuit: { failures: 5, windowMs: 30_000, openMs: 10_000 },
  });
  return providers.get('acme')!;
}

export function question(more: Partial<CallRequest> = {}): CallRequest {
  return {
    model: 'acme/some-model',
    messages: [{ role: 'user', content: 'Why is the sky blue?' }],
    maxOutputTokens: 256,
    ...more,
  };
}

/** How a call went: all parts, the joined text, and the error it ended with, if any. */
export interface Outcome {
  parts: StreamPart[];
  text: string;
  end: Extract<StreamPart, { type: 'end' }> | undefined;
  error: ProviderError | undefined;
}

export async function run(stream: AsyncIterable<StreamPart>): Promise<Outcome> {
  const parts: StreamPart[] = [];
  let error: ProviderError | undefined;
  try {
    for await (const part of stream) parts.push(part);
  } catch (thrown) {
    error = thrown as ProviderError;
  }
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const end = parts.find((part) => part.type === 'end');
  return { parts, text, end, error };
}

export function ask(
  provider: ModelProvider,
  more: Partial<CallRequest> = {},
  signal = new AbortController().signal,
): Promise<Outcome> {
  return run(provider.stream(question(more), signal));
}

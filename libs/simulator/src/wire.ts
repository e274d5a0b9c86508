import { randomBytes } from 'node:crypto';
import type { Call, Format } from './call.js';
import type { Finish } from './reply.js';

/** How one reply is written in one provider's format: server-sent events for a stream, one body otherwise. */
export interface Wire {
  /** Everything before the first delta. */
  opening(): string;
  /** One delta. `index` counts from 0. */
  delta(index: number, text: string): string;
  /** Everything after the last delta, terminal marker included. */
  closing(text: string, outputTokens: number): string;
  /** The format's own error event in mid-stream. */
  midError(): string;
  /** The format's way of ending a stream as failed: `response.failed`, elsewhere the error event. */
  failed(text: string): string;
  /** What the provider sends to keep a silent connection open. */
  keepAlive(): string;
  /** An event whose JSON is cut off. */
  garbage(): string;
  /** The whole reply as one JSON body; `failed` is a body that says so itself, where the format has one. */
  body(text: string, outputTokens: number, failed: boolean): string;
}

/** What a wire needs to know about the reply it writes. */
export interface WireFacts {
  readonly call: Call;
  readonly finish: Finish;
  /** Whether usage is reported at all. */
  readonly usage: boolean;
  readonly requestId: string;
}

const run = randomBytes(6).toString('hex');
let count = 0;

/** An identifier unique to this process and, through its random part, between processes. */
export function newId(prefix: string): string {
  return `${prefix}_sim${run}${(++count).toString(36).padStart(6, '0')}`;
}

const resetHeaders = { openai: '6ms', anthropicMs: 60_000 };

/** The headers every reply of this provider carries: request id and the state of the rate limits. */
export function replyHeaders(format: Format | null, requestId: string): Record<string, string> {
  if (format === 'anthropic') {
    const reset = new Date(Date.now() + resetHeaders.anthropicMs).toISOString().replace(/\.\d+Z/, 'Z');
    return {
      'request-id': requestId,
      'anthropic-organization-id': 'org-simulated',
      'anthropic-ratelimit-requests-limit': '10000',
      'anthropic-ratelimit-requests-remaining': '9999',
      'anthropic-ratelimit-requests-reset': reset,
      'anthropic-ratelimit-tokens-limit': '4000000',
      'anthropic-ratelimit-tokens-remaining': '3999000',
      'anthropic-ratelimit-tokens-reset': reset,
    };
  }
  return {
    'x-request-id': requestId,
    'openai-processing-ms': '5',
    'openai-version': '2020-10-01',
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-reset-requests': resetHeaders.openai,
    'x-ratelimit-limit-tokens': '4000000',
    'x-ratelimit-remaining-tokens': '3999000',
    'x-ratelimit-reset-tokens': resetHeaders.openai,
  };
}

export const eventStreamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

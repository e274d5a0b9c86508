import { describe, isRecord, type Subject } from './classify.js';
import type { FailureFacts } from './provider-error.js';
import { quotable, type Redact } from './redact.js';

/** Errors raised before any byte of the request could have reached the provider. */
const neverSent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What an error that no provider declared means: the network, an unreadable stream, or something unforeseen. */
export function classifyThrown(error: unknown, subject: Subject, redact: Redact): FailureFacts {
  if (isRecord(error) && error['name'] === 'SyntaxError') return { kind: 'malformed', message: describe('malformed', subject) };
  const chain = causes(error);
  const text = chain.map((each) => each.message).join(' ');
  if (/invalid header value|ByteString/i.test(text))
    return {
      kind: 'authentication',
      message: `The API key of ${subject.connection} holds characters that cannot be sent. Set it again, without spaces or line breaks.`,
      billing: 'none',
    };
  const code = chain.map((each) => each.code).find((each) => each !== undefined);
  const billing = code !== undefined && neverSent.has(code) ? 'none' : 'unknown';
  if (/TIMEOUT|ETIMEDOUT/.test(code ?? '') || /timed out/i.test(text))
    return { kind: 'timeout', message: describe('timeout', subject, code), billing };
  if (code !== undefined || /terminated|fetch failed|connection error|socket|no body|aborted/i.test(text))
    return {
      kind: 'connection',
      message: code ? `${describe('connection', subject)} (${code})` : describe('connection', subject),
      billing,
    };
  return { kind: 'unknown', message: redact(describe('unknown', subject, quotable(text, redact))) };
}

/** The error and what caused it. Read by shape: errors of Node's fetch are not instances of this context's Error everywhere. */
function causes(error: unknown): { message: string; code: string | undefined }[] {
  const chain: { message: string; code: string | undefined }[] = [];
  for (let each: unknown = error; isRecord(each) && chain.length < 5; each = each['cause']) {
    const { message, code } = each;
    chain.push({ message: typeof message === 'string' ? message : '', code: typeof code === 'string' ? code : undefined });
  }
  return chain;
}

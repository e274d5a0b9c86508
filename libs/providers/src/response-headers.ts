import { DeclaredFailureError, readErrorBody } from './classify.js';
import type { Redact } from './redact.js';

/** The request's id at the provider, in the order of preference. */
const requestIdHeaders = ['request-id', 'x-request-id', 'x-generation-id'];
const rateLimitHeader = /^(anthropic-ratelimit-|x-ratelimit-|retry-after)/;
/** As much of a reply that should have been a stream as is worth reading for its error. */
const readableLimit = 64 * 1024;

/** What the headers tell about a call, fit to be stored. Null members where there were no headers. */
export function readHeaders(
  headers: Headers | null,
  redact: Redact,
): { requestId: string | null; rateLimit: Record<string, string> | null } {
  if (headers === null) return { requestId: null, rateLimit: null };
  let requestId: string | null = null;
  for (const name of requestIdHeaders) requestId ??= headers.get(name);
  const rateLimit: Record<string, string> = {};
  for (const [name, value] of headers) if (rateLimitHeader.test(name)) rateLimit[name] = redact(value.slice(0, 200));
  return {
    requestId: requestId === null ? null : redact(requestId.slice(0, 200)),
    rateLimit: Object.keys(rateLimit).length > 0 ? rateLimit : null,
  };
}

/**
 * Throws when the reply to a streaming call is JSON or a web page. The SDKs would take either for a stream without
 * events: some servers answer errors with 200, and a wrong base URL often leads to a page.
 */
export async function refuseOtherThanStream(response: Response): Promise<void> {
  const type = response.headers.get('content-type') ?? '';
  const isJson = /\bjson\b/i.test(type) && !/ndjson/i.test(type);
  if (!isJson && !/^text\/html\b/i.test(type)) return;
  const text = await readStart(response);
  if (isJson) {
    const declared = readErrorIn(text, response.headers);
    if (declared) throw declared;
  }
  // A SyntaxError is how an unreadable reply shows everywhere else, too.
  throw new SyntaxError('the reply is not a stream');
}

function readErrorIn(text: string, headers: Headers): DeclaredFailureError | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof body !== 'object' || body === null || !('error' in body) || !body.error) return null;
  const declared = readErrorBody(body, null, headers);
  return declared && new DeclaredFailureError(declared);
}

async function readStart(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  while (text.length < readableLimit) {
    const step = await reader.read();
    if (step.done) return text;
    text += decoder.decode(step.value, { stream: true });
  }
  reader.cancel().catch(() => {});
  return text;
}

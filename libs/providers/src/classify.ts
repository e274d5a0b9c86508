import type { FailureFacts, ProviderErrorKind } from './provider-error.js';
import { quotable, type Redact } from './redact.js';
import { readRetryAfter } from './retry-after.js';

/** A failure as the provider declared it: by HTTP status, in a body, or in an event of the stream. */
export interface DeclaredFailure {
  /** Null when it came inside a stream that had begun with 200. */
  status: number | null;
  /** Machine-readable codes and types, the most specific first. */
  codes: readonly string[];
  message: string | null;
  headers: Headers | null;
}

/** Thrown where a failure is found in what an SDK took for a success. */
export class DeclaredFailureError extends Error {
  constructor(readonly declared: DeclaredFailure) {
    super('the provider declared a failure');
  }
}

/** Whom a message speaks of. */
export interface Subject {
  connection: string;
  model: string;
}

/**
 * Codes that say more than the status. Sources: Anthropic `error.type` and `error.details.error_code`, OpenAI `error.code`
 * and `error.type`, `response.failed` codes, OpenRouter `metadata.error_type`.
 */
const kindOfCode: Record<string, ProviderErrorKind> = {
  authentication_error: 'authentication',
  invalid_api_key: 'authentication',
  invalid_authentication: 'authentication',
  permission_error: 'permission',
  permission_denied: 'permission',
  not_found_error: 'notFound',
  model_not_found: 'notFound',
  rate_limit_error: 'rateLimit',
  rate_limit_exceeded: 'rateLimit',
  rate_limit: 'rateLimit',
  slow_down: 'rateLimit',
  ramp_limit_exceeded: 'rateLimit',
  billing_error: 'budgetExceeded',
  payment_required: 'budgetExceeded',
  insufficient_quota: 'budgetExceeded',
  insufficient_credits: 'budgetExceeded',
  credit_balance_exhausted: 'budgetExceeded',
  enforced_spend_limit_reached: 'budgetExceeded',
  contract_spend_limit_reached: 'budgetExceeded',
  linked_organization_spend_limit_reached: 'budgetExceeded',
  linked_organization_billing_unavailable: 'budgetExceeded',
  organization_spend_limit_exceeded: 'budgetExceeded',
  project_spend_limit_exceeded: 'budgetExceeded',
  organization_usage_limit_exceeded: 'budgetExceeded',
  billing_hard_limit_reached: 'budgetExceeded',
  overloaded_error: 'overloaded',
  server_is_overloaded: 'overloaded',
  provider_overloaded: 'overloaded',
  context_length_exceeded: 'contextLength',
  request_too_large: 'contextLength',
  content_filter: 'contentFilter',
  content_policy_violation: 'contentFilter',
  misalignment_policy_violation: 'contentFilter',
  bio_policy: 'contentFilter',
  invalid_prompt: 'contentFilter',
  refusal: 'contentFilter',
  api_error: 'server',
  server_error: 'server',
  internal_server_error: 'server',
  internal_error: 'server',
  timeout_error: 'timeout',
  timeout: 'timeout',
};

const kindOfStatus: Record<number, ProviderErrorKind> = {
  400: 'invalidRequest',
  401: 'authentication',
  402: 'budgetExceeded',
  403: 'permission',
  404: 'notFound',
  405: 'invalidRequest',
  408: 'timeout',
  410: 'notFound',
  413: 'contextLength',
  415: 'invalidRequest',
  422: 'invalidRequest',
  429: 'rateLimit',
  503: 'overloaded',
  504: 'timeout',
  524: 'timeout',
  529: 'overloaded',
};

const speaksOfContext =
  /prompt is too long|maximum context|context[ _-]?(length|window|size)|too many (input )?tokens|reduce the length|exceeds? the (model'?s )?(maximum|limit) .*tokens/i;
const speaksOfMoney =
  /credit balance is too low|(spend|usage|billing)[ -](hard )?limits?\b|insufficient (balance|credits|funds)|exceeded your current quota/i;

function kindOf(failure: DeclaredFailure): ProviderErrorKind {
  const known = failure.codes.map((code) => kindOfCode[code.toLowerCase()]).filter((kind) => kind !== undefined);
  // Money first: a spend limit comes as 429 with the type of a rate limit, and must never be retried like one.
  if (known.includes('budgetExceeded')) return 'budgetExceeded';
  const { status } = failure;
  const byStatus = status === null ? undefined : kindOfStatus[status];
  // "Some server error" is the least a code can say; 503, 504 and 529 say more.
  if (known[0] !== undefined) return known[0] === 'server' ? (byStatus ?? 'server') : known[0];
  const message = failure.message ?? '';
  if (status === 400 || status === 422 || status === 429 || status === null) {
    if (speaksOfMoney.test(message)) return 'budgetExceeded';
    if (status !== 429 && speaksOfContext.test(message)) return 'contextLength';
  }
  if (status === null) return failure.codes.includes('invalid_request_error') ? 'invalidRequest' : 'server';
  return byStatus ?? (status >= 500 ? 'server' : 'unknown');
}

/** The reply proves that nothing was processed: the request was refused at the door. */
function wasRefused(failure: DeclaredFailure, kind: ProviderErrorKind): boolean {
  if (failure.status === null) return false;
  return (
    (failure.status < 500 && failure.status !== 408 && failure.status !== 409 && failure.status !== 499) || kind === 'overloaded'
  );
}

const advice: Record<ProviderErrorKind, (subject: Subject) => string> = {
  authentication: ({ connection }) => `${connection} refused the API key. Set a valid key for this connection.`,
  permission: ({ connection, model }) => `${connection} does not allow this key to use ${model}. Check the key's permissions.`,
  notFound: ({ connection, model }) =>
    `${connection} does not offer ${model}. Choose a model from its list, or check the base URL.`,
  rateLimit: ({ connection, model }) => `${connection} is limiting requests to ${model}. Wait, or ask for a higher limit.`,
  budgetExceeded: ({ connection }) =>
    `The account at ${connection} has no credit left or has reached its spend limit. Add credit or raise the limit there.`,
  overloaded: ({ connection, model }) => `${connection} is overloaded and did not take the request to ${model}.`,
  contextLength: ({ model }) =>
    `The conversation is too long for ${model}. Shorten it or choose a model with a larger context window.`,
  contentFilter: ({ connection }) => `${connection} refused the content of the request.`,
  invalidRequest: ({ connection, model }) =>
    `${connection} did not accept the request to ${model}. Check the parameters of this slot.`,
  timeout: ({ connection, model }) => `${connection} gave up waiting for ${model}.`,
  connection: ({ connection }) => `The connection to ${connection} failed.`,
  server: ({ connection, model }) => `${connection} failed while answering with ${model}.`,
  cancelled: () => 'The call was cancelled.',
  malformed: ({ connection }) =>
    `${connection} sent a reply that cannot be read. Check that the base URL speaks the protocol of this connection's kind.`,
  unknown: ({ connection, model }) => `${connection} failed in an unexpected way with ${model}.`,
};

/** The message for a kind of failure, with the provider's own words quoted where there are any. */
export function describe(kind: ProviderErrorKind, subject: Subject, quote?: string | null): string {
  const text = advice[kind](subject);
  return quote ? `${text} It said: ${quote}` : text;
}

/** From a declared failure to what it means. */
export function classify(failure: DeclaredFailure, subject: Subject, redact: Redact): FailureFacts {
  const kind = kindOf(failure);
  const said = quotable(failure.message, redact);
  const quote = said ?? (failure.status === null ? null : `HTTP ${failure.status}`);
  return {
    kind,
    message: redact(describe(kind, subject, quote)),
    retryAfterMs: failure.headers && failure.status !== null ? readRetryAfter(failure.headers) : null,
    ...(failure.headers?.get('x-should-retry') === 'false' && { retryable: false as const }),
    billing: wasRefused(failure, kind) ? 'none' : 'unknown',
  };
}

/**
 * Reads the error out of a reply's body, whatever the envelope: Anthropic's `{type: 'error', error: {…}}`, OpenAI's
 * `{error: {…}}` or only its inside, a plain string, FastAPI's `{detail}`. Null when the body holds no error.
 */
export function readErrorBody(body: unknown, status: number | null, headers: Headers | null): DeclaredFailure | null {
  if (typeof body === 'string') return { status, codes: [], message: body, headers };
  if (!isRecord(body)) return null;
  const inner = body['error'] ?? body['detail'] ?? body;
  if (typeof inner === 'string') return { status, codes: [], message: inner, headers };
  if (!isRecord(inner)) return { status, codes: [], message: JSON.stringify(inner), headers };
  const { code, type, message, details, metadata } = inner;
  const codes = [isRecord(details) && details['error_code'], code, isRecord(metadata) && metadata['error_type'], type];
  const ownStatus = typeof code === 'number' && code >= 400 && code <= 599 ? code : null;
  if (inner === body && message === undefined && code === undefined) return null;
  return {
    status: status !== null && status >= 400 ? status : ownStatus,
    codes: codes.filter((each): each is string => typeof each === 'string'),
    message: typeof message === 'string' ? message : null,
    headers,
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import type { Failure, ProviderMetadata, Usage } from '@polyphony/contracts';

export type ProviderErrorKind =
  | 'authentication'
  | 'permission'
  | 'notFound'
  | 'rateLimit'
  | 'budgetExceeded'
  | 'overloaded'
  | 'contextLength'
  | 'contentFilter'
  | 'invalidRequest'
  | 'timeout'
  | 'connection'
  | 'server'
  | 'cancelled'
  | 'malformed'
  | 'unknown';

/** What follows from each kind: is another attempt worth while, and does it speak against the connection's health? */
const consequences: Record<ProviderErrorKind, { retryable: boolean; countsAgainstCircuit: boolean }> = {
  authentication: { retryable: false, countsAgainstCircuit: true },
  permission: { retryable: false, countsAgainstCircuit: false },
  notFound: { retryable: false, countsAgainstCircuit: false },
  rateLimit: { retryable: true, countsAgainstCircuit: false },
  budgetExceeded: { retryable: false, countsAgainstCircuit: true },
  overloaded: { retryable: true, countsAgainstCircuit: true },
  contextLength: { retryable: false, countsAgainstCircuit: false },
  contentFilter: { retryable: false, countsAgainstCircuit: false },
  invalidRequest: { retryable: false, countsAgainstCircuit: false },
  timeout: { retryable: true, countsAgainstCircuit: true },
  connection: { retryable: true, countsAgainstCircuit: true },
  server: { retryable: true, countsAgainstCircuit: true },
  cancelled: { retryable: false, countsAgainstCircuit: false },
  malformed: { retryable: true, countsAgainstCircuit: true },
  unknown: { retryable: true, countsAgainstCircuit: true },
};

/** What is known of a failure, before or without the call it belongs to. */
export interface FailureFacts {
  kind: ProviderErrorKind;
  /** For people; must already be free of secrets. */
  message: string;
  /** Only to forbid a retry that the kind would allow, as `x-should-retry: false` does. */
  retryable?: false;
  retryAfterMs?: number | null;
  /** `none` only when the provider provably did not process the request. */
  billing?: 'none' | 'unknown' | undefined;
}

/**
 * The only error this room throws for a call. It carries no cause on purpose: the SDKs' own errors quote
 * what servers echo, and servers echo keys.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly kind: ProviderErrorKind;
  readonly retryable: boolean;
  /** What the provider asked to wait, in milliseconds; null when it did not say. */
  readonly retryAfterMs: number | null;
  /** Authentication and budget count as well: they make every further call through the connection pointless. */
  readonly countsAgainstCircuit: boolean;
  /** What was reported before the failure; it may have to be paid. */
  readonly usage: Usage | null;
  readonly provider: ProviderMetadata | null;
  readonly billing: 'none' | 'unknown';

  constructor(facts: FailureFacts, reported: { usage?: Usage | null; provider?: ProviderMetadata | null } = {}) {
    super(facts.message);
    this.kind = facts.kind;
    this.retryable = facts.retryable ?? consequences[facts.kind].retryable;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.countsAgainstCircuit = consequences[facts.kind].countsAgainstCircuit;
    this.usage = reported.usage ?? null;
    this.provider = reported.provider ?? null;
    this.billing = facts.billing ?? 'unknown';
  }

  /** The failure as it is stored and shown. */
  failure(): Failure {
    return { code: this.kind, message: this.message, retryable: this.retryable };
  }
}

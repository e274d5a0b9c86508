import type { RetryConfig } from '@polyphony/config';
import type { ProviderError } from './provider-error.js';

/** Kinds that may be a fluke of one stream: worth one more attempt, not a series. */
const onceOnly: ReadonlySet<string> = new Set(['malformed', 'unknown']);

/**
 * Milliseconds to wait before the same model is tried again, or null when it must not be.
 * `attemptsSoFar` counts the attempts already made on this model (1 after the first failure); `retry.attempts` is their maximum.
 * Full jitter (Brooker, "Exponential Backoff and Jitter", AWS 2015): uniform between 0 and `baseMs · 2^(n-1)`, at most `maxMs`.
 * With a Retry-After the jitter comes on top, so that callers told the same time do not return together; a Retry-After
 * beyond `maxMs` means: do not wait for it.
 */
export function retryDelayMs(
  error: ProviderError,
  attemptsSoFar: number,
  retry: RetryConfig,
  random: () => number = Math.random,
): number | null {
  if (!error.retryable || attemptsSoFar >= retry.attempts) return null;
  if (onceOnly.has(error.kind) && attemptsSoFar >= 2) return null;
  const floor = error.retryAfterMs ?? 0;
  if (floor > retry.maxMs) return null;
  const spread = Math.min(retry.baseMs * 2 ** Math.min(Math.max(0, attemptsSoFar - 1), 30), retry.maxMs - floor);
  return Math.ceil(floor + random() * spread);
}

import type { RetryConfig } from '@polyphony/config';
import type { AfterFailure } from '@polyphony/comparisons';
import { type ProviderError, retryDelayMs } from '@polyphony/providers';

/** A filter or a refusal would meet the fallback too, and whoever asked should see it. */
const noFallback: ReadonlySet<ProviderError['kind']> = new Set(['contentFilter', 'cancelled']);

/** What becomes of an answer whose call failed: the same model after a while, its fallback, or the end. Pure but for the jitter. */
export function afterFailure(
  error: ProviderError,
  state: { modelTries: number; hasFallback: boolean },
  retry: RetryConfig,
  random: () => number = Math.random,
): AfterFailure {
  const delayMs = retryDelayMs(error, state.modelTries + 1, retry, random);
  if (delayMs !== null) return { next: 'retry', delayMs };
  return state.hasFallback && !noFallback.has(error.kind) ? { next: 'fallback' } : { next: 'fail' };
}

import type { ModelPrices, Usage } from '@polyphony/contracts';
import type { Nanos } from './nanos.js';

/** Prices of a model, with the dearer ones that apply to a whole request once its input exceeds a bound (in tokens, ascending). */
export type PriceList = ModelPrices & { tiers?: readonly { aboveInputTokens: number; prices: ModelPrices }[] };

/**
 * What one call cost, exact to the nano-dollar and rounded half up once at the end; null when input or output tokens are
 * not known. Cached and cache-write tokens are parts of `inputTokens`; should they exceed it, each is charged as reported.
 * Reasoning is part of the output and has no price of its own.
 */
export function costOf(usage: Usage, prices: PriceList): Nanos | null {
  const { inputTokens, outputTokens } = usage;
  const cached = usage.cachedInputTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  if (!isCount(inputTokens) || !isCount(outputTokens) || !isCount(cached) || !isCount(written)) return null;
  const rate = pricesFor(inputTokens, prices);
  return sum([
    [Math.max(0, inputTokens - cached - written), rate.input],
    [cached, rate.cachedInput ?? rate.input],
    [written, rate.cacheWrite ?? rate.input],
    [outputTokens, rate.output],
  ]);
}

/** The most a call with these token counts can cost: every input token at the dearest input class of its tier. */
export function worstCostOf(inputTokens: number, outputTokens: number, prices: PriceList): Nanos {
  const rate = pricesFor(inputTokens, prices);
  return sum([
    [inputTokens, Math.max(rate.input, rate.cachedInput ?? 0, rate.cacheWrite ?? 0)],
    [outputTokens, rate.output],
  ]);
}

function pricesFor(inputTokens: number, prices: PriceList): ModelPrices {
  return prices.tiers?.findLast((tier) => inputTokens > tier.aboveInputTokens)?.prices ?? prices;
}

function isCount(tokens: number | null): tokens is number {
  return tokens !== null && Number.isSafeInteger(tokens) && tokens >= 0;
}

/** USD per million tokens are a thousand nano-dollars per token. */
function sum(parts: [tokens: number, usdPerMillion: number][]): Nanos {
  const terms = parts.map(([tokens, price]) => ({ tokens: BigInt(tokens), ...parseDecimal(price) }));
  const decimals = Math.max(...terms.map((term) => term.decimals));
  const scale = 10n ** BigInt(decimals);
  const scaled =
    terms.reduce((total, term) => total + term.tokens * term.digits * 10n ** BigInt(decimals - term.decimals), 0n) * 1000n;
  return (2n * scaled + scale) / (2n * scale);
}

/** The shortest decimal that names this number, as an integer and its count of decimals: 0.15 → 15, 2. */
function parseDecimal(value: number): { digits: bigint; decimals: number } {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (!match) throw new RangeError(`a price must be a finite number of USD per million tokens, zero or more, not ${value}`);
  const digits = BigInt(match[1]! + (match[2] ?? ''));
  const decimals = (match[2] ?? '').length - Number(match[3] ?? 0);
  return decimals >= 0 ? { digits, decimals } : { digits: digits * 10n ** BigInt(-decimals), decimals: 0 };
}

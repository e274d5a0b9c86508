import { parseModelId } from '@polyphony/contracts';
import type { ModelId, ModelPrices } from '@polyphony/contracts';
import type { PriceList } from './cost.js';

/** Peak hours of a provider, UTC, Monday to Friday, from the first hour until the second is reached. */
interface Peak {
  hours: [number, number][];
  factor: number;
}
interface Entry {
  model: ModelId;
  /** From when on these prices hold (ISO date, UTC); without it, always. */
  from?: string;
  prices: PriceList;
  approximate?: boolean;
  peak?: Peak;
}

/**
 * Prices that the catalogue package (0.1.8 of 2026-09-23) lacks or would match to a relative: the vendors' public price
 * pages as read on 2026-11-20. USD per million tokens. Approximate where the vendor states no price for a class or where
 * public holidays decide. Remove an entry once the catalogue has it under the same id.
 */
const entries: Entry[] = [
  { model: 'anthropic/claude-fable-5-2', prices: perMillion(8, 40, 0.2, 10) },
  { model: 'anthropic/claude-sonnet-5-5', prices: perMillion(2, 10, 0.1, 2.5) },
  {
    model: 'anthropic/claude-haiku-5-5',
    prices: {
      ...perMillion(0.1, 0.5, 0.01, 0.125),
      tiers: [{ aboveInputTokens: 100_000, prices: perMillion(0.5, 2.5, 0.05, 0.625) }],
    },
  },
  { model: 'openai/gpt-6.2-sol', prices: withGpt6LongContext(perMillion(2, 10, 0.1, 2.5)) },
  { model: 'openai/gpt-6.1-terra', prices: withGpt6LongContext(perMillion(1, 5, null, 1.25)), approximate: true },
  { model: 'gemini/gemini-4-argon', prices: perMillion(2, 10, 0.1, null) },
  { model: 'gemini/gemini-4-argon', from: '2026-12-01', prices: perMillion(4, 20, 0.2, null) },
  {
    model: 'deepseek/deepseek-flash',
    prices: perMillion(0.15, 0.6, 0.003, null),
    peak: { hours: [[1, 4], [6, 10]], factor: 2 }, // prettier-ignore
  },
];

/** The overlay's price of a model at a moment, or null where it has none. */
export function overlayPrice(model: ModelId, at: Date): { prices: PriceList; approximate: boolean } | null {
  const { provider, model: name } = parseModelId(model);
  const requested = `${provider}/${name.replace(/^models\//, '')}`;
  const entry = entries.findLast(
    (candidate) => candidate.model === requested && (!candidate.from || at >= new Date(candidate.from)),
  );
  if (!entry) return null;
  const peaking = entry.peak !== undefined && isPeak(entry.peak, at);
  return {
    prices: peaking ? scale(entry.prices, entry.peak!.factor, entry.peak!.factor) : entry.prices,
    approximate: peaking || (entry.approximate ?? false),
  };
}

function isPeak(peak: Peak, at: Date): boolean {
  const weekday = at.getUTCDay() >= 1 && at.getUTCDay() <= 5;
  return weekday && peak.hours.some(([from, until]) => at.getUTCHours() >= from && at.getUTCHours() < until);
}

function perMillion(input: number, output: number, cachedInput: number | null, cacheWrite: number | null): ModelPrices {
  return { input, output, cachedInput, cacheWrite };
}

/** Above 272K input tokens the whole request costs twice on the input side and one and a half times on the output side. */
function withGpt6LongContext(prices: ModelPrices): PriceList {
  return { ...prices, tiers: [{ aboveInputTokens: 272_000, prices: scale(prices, 2, 1.5) }] };
}

function scale(prices: ModelPrices, input: number, output: number): ModelPrices {
  const times = (price: number | null) => (price === null ? null : Number((price * input).toPrecision(12)));
  return {
    input: times(prices.input)!,
    output: Number((prices.output * output).toPrecision(12)),
    cachedInput: times(prices.cachedInput),
    cacheWrite: times(prices.cacheWrite),
  };
}

import type { ModelId } from '@polyphony/contracts';
import type { PriceList } from './cost.js';
import type { Nanos } from './nanos.js';

/** A model with its price, null when nobody knows it. */
export interface PricedModel {
  model: ModelId;
  prices: PriceList | null;
}

/** The highest cost among models any of which may be called; null as soon as one of them has no known price. */
export function dearest(models: PricedModel[], cost: (prices: PriceList) => Nanos): Nanos | null {
  let highest = 0n;
  for (const { prices } of models) {
    if (!prices) return null;
    const candidate = cost(prices);
    if (candidate > highest) highest = candidate;
  }
  return highest;
}

/** The sum, or null as soon as one part is not known. */
export function addKnown(parts: (Nanos | null)[]): Nanos | null {
  return parts.reduce<Nanos | null>((total, part) => (total === null || part === null ? null : total + part), 0n);
}

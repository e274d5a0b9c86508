import type { ModelId, ModelPrices } from '@polyphony/contracts';
import { cataloguePrice } from './catalogue.js';
import type { PriceList } from './cost.js';
import { overlayPrice } from './overlay.js';

/** A price and where it comes from. `approximate` says that it may be a relative's, or that the vendor leaves part of it open. */
export interface Price {
  prices: PriceList;
  source: 'operator' | 'discovered' | 'catalogue';
  approximate: boolean;
}

/** Prices as an operator writes them, by ModelId or a pattern in which `*` matches any run of characters. */
export type OperatorPrices = Readonly<
  Record<
    string,
    { input: number; output: number; cachedInput?: number | null | undefined; cacheWrite?: number | null | undefined }
  >
>;

/** What models cost: the operator's own prices win over those the provider's model list states, and those over the catalogue. */
export class PriceBook {
  private readonly operator: { matches: (model: ModelId) => boolean; prices: ModelPrices }[];

  /** Where several patterns match, the one with the most literal characters wins. */
  constructor(operatorPrices: OperatorPrices = {}) {
    this.operator = Object.entries(operatorPrices)
      .sort(([a], [b]) => literalLength(b) - literalLength(a) || (a < b ? -1 : 1))
      .map(([pattern, prices]) => ({
        matches: matcherOf(pattern),
        prices: {
          input: prices.input,
          output: prices.output,
          cachedInput: prices.cachedInput ?? null,
          cacheWrite: prices.cacheWrite ?? null,
        },
      }));
  }

  /** The price of a model at a moment, or null when nobody knows it. `prices` are those its provider stated, if it did. */
  priceOf(model: { id: ModelId; prices?: ModelPrices | null }, at: Date): Price | null {
    const operator = this.operator.find((entry) => entry.matches(model.id));
    if (operator) return { prices: operator.prices, source: 'operator', approximate: false };
    if (model.prices) return { prices: model.prices, source: 'discovered', approximate: false };
    const listed = overlayPrice(model.id, at) ?? cataloguePrice(model.id, at);
    return listed && { ...listed, source: 'catalogue' };
  }
}

function literalLength(pattern: string): number {
  return pattern.replaceAll('*', '').length;
}

/** Greedy matching piece by piece, linear in the text: a pattern with many stars must not cost exponential time. */
function matcherOf(pattern: string): (text: string) => boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return (text) => text === pattern;
  return (text) => {
    if (!text.startsWith(head)) return false;
    let position = head.length;
    for (const piece of rest) {
      const found = text.indexOf(piece, position);
      if (found < 0) return false;
      position = found + piece.length;
    }
    return text.length - tail.length >= position && text.endsWith(tail);
  };
}

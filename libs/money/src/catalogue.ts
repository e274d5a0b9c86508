import { parseModelId } from '@polyphony/contracts';
import type { ModelId, ModelPrices } from '@polyphony/contracts';
import { calcPrice } from '@pydantic/genai-prices';
import type { PriceList } from './cost.js';

/** Our provider ids and the catalogue's. Endpoints an operator names have no catalogue: a model of that name may be anyone's. */
const catalogueProviders: Record<string, string | undefined> = {
  anthropic: 'anthropic',
  openai: 'openai',
  gemini: 'google',
  deepseek: 'deepseek',
  openrouter: 'openrouter',
};

/**
 * The price in the offline catalogue of `@pydantic/genai-prices`, or null. The catalogue matches loosely, so the price is
 * approximate unless the model found has the id asked for (a dated snapshot of it counts as the same), and so is a price
 * that depends on the time of day, whose weekday and holiday rules the catalogue does not know.
 */
export function cataloguePrice(model: ModelId, at: Date): { prices: PriceList; approximate: boolean } | null {
  const { provider, model: name } = parseModelId(model);
  const providerId = catalogueProviders[provider];
  if (!providerId) return null;
  const requested = name.replace(/^models\//, '');
  const found = calcPrice({ input_tokens: 0, output_tokens: 0 }, requested, { providerId, timestamp: at });
  if (!found) return null;
  const prices = toPriceList(found.model_price);
  if (!prices) return null;
  const dependsOnTime =
    Array.isArray(found.model.prices) && found.model.prices.some(({ constraint }) => constraint?.type === 'time_of_date');
  return { prices, approximate: dependsOnTime || !isSameModel(requested, found.model.id) };
}

function isSameModel(requested: string, found: string): boolean {
  return (
    requested === found || (requested.startsWith(`${found}-`) && /^\d{4}-?\d{2}-?\d{2}$/.test(requested.slice(found.length + 1)))
  );
}

type CataloguePrices = NonNullable<ReturnType<typeof calcPrice>>['model_price'];
type CataloguePriceValue = CataloguePrices[string];

function toPriceList(price: CataloguePrices): PriceList | null {
  const at = (inputTokens: number): ModelPrices | null => {
    const input = valueAt(price.input_mtok, inputTokens);
    const output = valueAt(price.output_mtok, inputTokens);
    if (input === null || output === null) return null;
    return {
      input,
      output,
      cachedInput: valueAt(price.cache_read_mtok, inputTokens),
      cacheWrite: valueAt(price.cache_write_mtok, inputTokens),
    };
  };
  const base = at(0);
  if (!base) return null;
  const classes = [price.input_mtok, price.output_mtok, price.cache_read_mtok, price.cache_write_mtok];
  const bounds = new Set(classes.flatMap((value) => (typeof value === 'object' ? value.tiers.map((tier) => tier.start) : [])));
  if (bounds.size === 0) return base;
  const tiers = [...bounds].sort((a, b) => a - b).map((bound) => ({ aboveInputTokens: bound, prices: at(bound + 1)! }));
  return { ...base, tiers };
}

function valueAt(value: CataloguePriceValue, inputTokens: number): number | null {
  if (value === undefined || typeof value === 'number') return value ?? null;
  return value.tiers.filter((tier) => inputTokens > tier.start).sort((a, b) => b.start - a.start)[0]?.price ?? value.base;
}

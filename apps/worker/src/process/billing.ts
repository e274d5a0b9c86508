import { Injectable } from '@nestjs/common';
import { type CallCost, ModelCatalogue, type ModelFacts } from '@polyphony/comparisons';
import type { ModelId, ProviderMetadata, Usage } from '@polyphony/contracts';
import { costOf, estimateTokens, fromMoney } from '@polyphony/money';
import type { CallRequest } from '@polyphony/providers';

/** How a call ended, as far as its cost is concerned. */
export interface CallOutcome {
  request: CallRequest;
  /** Everything received. */
  text: string;
  usage: Usage | null;
  /** Some providers say themselves what the call cost. */
  provider: ProviderMetadata | null;
  /** False only when the provider provably did not process the call. */
  processed: boolean;
}

const keepMs = 30_000;

/** What models cost and allow, remembered for a while, and what each call cost. */
@Injectable()
export class Billing {
  private readonly known = new Map<ModelId, { facts: Promise<ModelFacts>; until: number }>();

  constructor(private readonly catalogue: ModelCatalogue) {}

  facts(model: ModelId): Promise<ModelFacts> {
    const found = this.known.get(model);
    if (found && found.until > Date.now()) return found.facts;
    const facts = this.catalogue.facts(model);
    facts.catch(() => this.known.delete(model));
    this.known.set(model, { facts, until: Date.now() + keepMs });
    return facts;
  }

  /**
   * The cost of a call: as the provider itself states it, else exact from the usage it reports, zero when it was not processed, otherwise estimated on the
   * high side from what was sent and received. Unknown only when the price is.
   */
  async costOf({ request, text, usage, provider, processed }: CallOutcome): Promise<CallCost> {
    if (!processed) return { nanos: 0n, basis: 'exact' };
    const stated = statedCost(provider);
    if (stated !== null) return { nanos: stated, basis: 'exact' };
    const { price } = await this.facts(request.model);
    if (!price) return { nanos: null, basis: 'unknown' };
    const exact = usage && costOf(usage, price.prices);
    if (exact !== null) return { nanos: exact, basis: price.approximate ? 'estimated' : 'exact' };
    const input = usage?.inputTokens ?? inputTokens(request);
    const output = Math.max(usage?.outputTokens ?? 0, estimateTokens(text));
    const estimated: Usage = {
      inputTokens: input,
      outputTokens: output,
      cachedInputTokens: usage?.cachedInputTokens ?? null,
      cacheWriteTokens: usage?.cacheWriteTokens ?? null,
      reasoningTokens: null,
    };
    return { nanos: costOf(estimated, price.prices), basis: 'estimated' };
  }
}

function statedCost(provider: ProviderMetadata | null): bigint | null {
  const stated = provider?.['costUsd'];
  return typeof stated === 'number' && stated >= 0 ? fromMoney(stated.toFixed(9)) : null;
}

function inputTokens({ messages, system }: CallRequest): number {
  return messages.reduce((sum, message) => sum + estimateTokens(message.content) + 8, system ? estimateTokens(system) + 8 : 0);
}

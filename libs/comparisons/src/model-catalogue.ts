import { Injectable } from '@nestjs/common';
import type { PricesConfig, ProviderConnection } from '@polyphony/config';
import { type AssessmentRequest, type Model, type ModelId, type Slot, parseModelId } from '@polyphony/contracts';
import { type Price, PriceBook, type PricedModel } from '@polyphony/money';
import { JobQueue } from '@polyphony/queue';
import { Database, type ModelEntity, ModelRepository } from '@polyphony/storage';
import { Refusal } from './refusal.js';

/** What the operator settled that this room needs to know. */
export class CatalogueSettings {
  constructor(
    readonly connections: readonly Pick<ProviderConnection, 'id' | 'simulated'>[],
    readonly prices: PricesConfig,
  ) {}
}

/** What a call needs to know of its model; null where nobody says. */
export interface ModelFacts {
  price: Price | null;
  maxOutputTokens: number | null;
  contextWindow: number | null;
}

/** A list that was read less than this ago is not asked for again because of an unlisted model. */
const freshMs = 10_000;
/** How long a request may wait for a provider's list. */
const patienceMs = 1_500;

/** Which models can be asked, and at what price. Lists come from the workers, which talk to providers; this reads the rows. */
@Injectable()
export class ModelCatalogue {
  private readonly prices: PriceBook;
  /** Models seen on their list a moment ago need not be looked up for every request. */
  private readonly listedUntil = new Map<ModelId, number>();

  constructor(
    private readonly database: Database,
    private readonly models: ModelRepository,
    private readonly queue: JobQueue,
    private readonly settings: CatalogueSettings,
  ) {
    this.prices = new PriceBook(settings.prices);
  }

  /** Everything that can be asked now, simulated models only while there are no others. */
  async list(): Promise<Model[]> {
    const rows = await this.models.list(this.database.direct, this.settings.connections.map(({ id }) => id)); // prettier-ignore
    return rows.map((row) => this.view(row));
  }

  /** The price of each model, null where nobody knows it. */
  async priced(ids: readonly ModelId[]): Promise<Map<ModelId, Price | null>> {
    const rows = new Map((await this.models.find(this.database.direct, [...new Set(ids)])).map((row) => [row.id, row])); // prettier-ignore
    const now = new Date();
    return new Map(ids.map((id) => [id, this.prices.priceOf({ id, prices: rows.get(id)?.prices ?? null }, now)]));
  }

  /** What is known of one model. */
  async facts(id: ModelId): Promise<ModelFacts> {
    const [row] = await this.models.find(this.database.direct, [id]);
    return {
      price: this.prices.priceOf({ id, prices: row?.prices ?? null }, new Date()),
      maxOutputTokens: row?.maxOutputTokens ?? null,
      contextWindow: row?.contextWindow ?? null,
    };
  }

  /**
   * Refuses with `unknown_model` what cannot be asked: a provider that is not configured, or a model that its provider's
   * list does not hold. The list is read once more before that; where none could be read, the model is accepted.
   */
  async require(ids: readonly ModelId[]): Promise<void> {
    const wanted = [...new Set(ids)];
    for (const id of wanted) {
      const { provider } = parseModelId(id);
      if (!this.settings.connections.some((connection) => connection.id === provider))
        throw new Refusal(
          'unknown_model',
          `The provider ${provider} of ${id} is not configured. GET /v1/models lists what can be asked.`,
        );
    }
    const unlisted = await this.unlisted(wanted);
    if (unlisted.length === 0) return;
    await this.rediscover([...new Set(unlisted.map((id) => parseModelId(id).provider))]);
    for (const id of await this.unlisted(unlisted)) {
      const [state] = await this.models.states(this.database.direct, [parseModelId(id).provider]);
      if (state?.discoveredAt)
        throw new Refusal(
          'unknown_model',
          `${id} is not in its provider's list of models. GET /v1/models lists what can be asked.`,
        );
    }
  }

  private async unlisted(ids: ModelId[]): Promise<ModelId[]> {
    const now = Date.now();
    const doubtful = ids.filter((id) => (this.listedUntil.get(id) ?? 0) < now);
    if (doubtful.length === 0) return [];
    const found = new Set((await this.models.find(this.database.direct, doubtful)).map((row) => row.id));
    if (this.listedUntil.size > 10_000) this.listedUntil.clear();
    for (const id of found) this.listedUntil.set(id, now + freshMs);
    return doubtful.filter((id) => !found.has(id));
  }

  /** Asks a worker to read the lists of these providers, and waits a little for it. */
  private async rediscover(providers: string[]): Promise<void> {
    const before = await this.models.states(this.database.direct, providers);
    const stale = providers.filter((id) => {
      const attempted = before.find((state) => state.id === id)?.attemptedAt;
      return !attempted || Date.now() - attempted.getTime() > freshMs;
    });
    if (stale.length === 0) return;
    const asked = new Date();
    const tick = Math.floor(Date.now() / patienceMs);
    await this.queue.producer.add(
      stale.map((provider) => ({ name: 'discover', payload: { provider }, id: `discover-${provider}-${tick}` })),
    );
    while (Date.now() - asked.getTime() < patienceMs) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      const states = await this.models.states(this.database.direct, stale);
      if (states.length === stale.length && states.every((state) => state.attemptedAt && state.attemptedAt >= asked)) return;
    }
  }

  private view(row: ModelEntity): Model {
    const price = this.prices.priceOf({ id: row.id, prices: row.prices }, new Date());
    return {
      id: row.id,
      provider: row.provider,
      name: row.name,
      contextWindow: row.contextWindow,
      maxOutputTokens: row.maxOutputTokens,
      prices: price && {
        input: price.prices.input,
        output: price.prices.output,
        cachedInput: price.prices.cachedInput,
        cacheWrite: price.prices.cacheWrite,
      },
      capabilities: row.capabilities,
      simulated: this.settings.connections.some(({ id, simulated }) => id === row.provider && simulated),
      health: 'unknown',
      source: 'operator',
    };
  }
}

/** Every model a request may call. */
export function modelsOfRequest(panel: readonly Slot[], assessment: AssessmentRequest): ModelId[] {
  return [...panel.flatMap((slot) => [slot.model, ...(slot.fallbacks ?? [])]), ...modelsOfAssessment(assessment)];
}

export function modelsOfAssessment({ judges = [], summarizer, synthesizer }: AssessmentRequest): ModelId[] {
  return [...judges, summarizer, synthesizer].filter((model) => model !== undefined);
}

/** A model beside its price, as estimates want it. */
export function withPrice(model: ModelId, prices: ReadonlyMap<ModelId, Price | null>): PricedModel {
  return { model, prices: prices.get(model)?.prices ?? null };
}

import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AssessmentConfig, LimitsConfig } from '@polyphony/config';
import { type Comparison, type CreateComparison, type Estimate, type Slot, parseModelId } from '@polyphony/contracts';
import { type EstimatedCost, estimate, fromMoney, toMoney } from '@polyphony/money';
import { JobQueue, type NewJob } from '@polyphony/queue';
import { ComparisonRepository, Database, type NewAnswer, type NewComparison } from '@polyphony/storage';
import { v7 as uuid } from 'uuid';
import { ModelCatalogue, modelsOfRequest, withPrice } from './model-catalogue.js';
import { Refusal } from './refusal.js';
import { ComparisonView } from './view.js';

/** Who asks: the key or person, and the workspace everything of theirs belongs to. */
export interface Owner {
  workspaceId: string;
  id: string;
}

/** The operator's bounds on what one request may ask. */
export class CreateSettings {
  constructor(
    readonly limits: LimitsConfig,
    readonly assessment: AssessmentConfig,
  ) {}
}

/** Jobs that may wait for the queue to take them; beyond, nothing is accepted until it has caught up. */
const maxBacklog = 4_000;

/** Accepts questions: checks them, estimates them, and stores them with everything that makes them run. */
@Injectable()
export class ComparisonCreator {
  private open = 0;
  private countedUntil = 0;

  constructor(
    private readonly database: Database,
    private readonly comparisons: ComparisonRepository,
    private readonly queue: JobQueue,
    private readonly models: ModelCatalogue,
    private readonly view: ComparisonView,
    private readonly settings: CreateSettings,
  ) {}

  /** What the comparison may cost at most. Calls no model. */
  async estimate(request: CreateComparison): Promise<Estimate> {
    const slots = await this.check(request);
    return (await this.costOf(request, slots)).estimate;
  }

  /**
   * Stores the comparison and queues its answers. With an idempotency key that was used before, the first comparison as it
   * is now (`created` false) when the request is the same; otherwise a refusal.
   */
  async create(
    owner: Owner,
    request: CreateComparison,
    idempotencyKey: string | null,
  ): Promise<{ comparison: Comparison; created: boolean }> {
    const requestHash = hashOf(request);
    const earlier = await this.earlier(owner, idempotencyKey, requestHash);
    if (earlier) return { comparison: await this.view.get(owner.workspaceId, earlier), created: false };
    const slots = await this.check(request);
    if (request.maxCostUsd !== undefined) await this.fence(request, slots, request.maxCostUsd);
    if ((await this.openCount()) >= this.settings.limits.maxOpenComparisons)
      throw new Refusal('rate_limited', 'Too many comparisons are open: wait until some have ended.', { retryAfterMs: 5000 });

    if (this.queue.producer.backlog > maxBacklog)
      throw new Refusal('unavailable', 'The queue does not keep up at the moment. Try again shortly.', { retryAfterMs: 1000 });

    const now = new Date();
    const id = uuid();
    const comparison: NewComparison = {
      id,
      workspaceId: owner.workspaceId,
      createdBy: owner.id,
      status: 'queued',
      question: {
        ...(request.prompt !== undefined ? { prompt: request.prompt } : { messages: request.messages! }),
        system: request.system ?? null,
      },
      panel: slots,
      assessment: request.assessment,
      policy: request.policy,
      metadata: request.metadata ?? {},
      conversationId: request.conversationId ?? null,
      maxCostNanos: request.maxCostUsd === undefined ? null : fromMoney(request.maxCostUsd).toString(),
      idempotencyKey,
      requestHash,
      deadlineAt: new Date(now.getTime() + request.policy.deadlineMs),
      createdAt: now,
    };
    const answers = slots.map((slot, place): NewAnswer => ({
      id: uuid(),
      comparisonId: id,
      slot: place,
      model: slot.model,
      status: 'queued',
      queuedAt: now,
    }));
    if (await this.comparisons.insert(this.database.direct, comparison, answers)) {
      void this.queue.producer.add(firstJobs(comparison, answers)); // stored is accepted: a job that gets lost is made again
      return { comparison: this.view.fresh(comparison, answers), created: true };
    }
    // Somebody else used the key between our look and our insert.
    const first = (await this.earlier(owner, idempotencyKey, requestHash))!;
    return { comparison: await this.view.get(owner.workspaceId, first), created: false };
  }

  /** How many comparisons are open, as of at most half a second ago and counting those this process accepted since. */
  private async openCount(): Promise<number> {
    if (Date.now() > this.countedUntil) {
      this.countedUntil = Date.now() + 500;
      this.open = await this.comparisons.countOpen(this.database.direct);
    }
    return this.open++;
  }

  private async earlier(owner: Owner, idempotencyKey: string | null, requestHash: Buffer): Promise<string | null> {
    if (!idempotencyKey) return null;
    const found = await this.comparisons.findByIdempotencyKey(this.database.direct, owner.workspaceId, idempotencyKey);
    if (!found) return null;
    if (!found.requestHash.equals(requestHash))
      throw new Refusal(
        'idempotency_conflict',
        'This Idempotency-Key was used for a different request: use a new key, or send the same body.',
      );
    return found.id;
  }

  /** Refuses what the operator's limits or the models' lists do not allow; returns the panel with every slot spelled out. */
  private async check(request: CreateComparison): Promise<Slot[]> {
    const { limits } = this.settings;
    const slots = request.panel.map((slot) => (typeof slot === 'string' ? { model: slot } : slot));
    if (slots.length > limits.maxPanel)
      throw new Refusal(
        'invalid_request',
        `A panel may have at most ${limits.maxPanel} slots here; this one has ${slots.length}.`,
      );
    const chars =
      (request.prompt?.length ?? 0) +
      (request.messages?.reduce((sum, message) => sum + message.content.length, 0) ?? 0) +
      (request.system?.length ?? 0);
    if (chars > limits.maxPromptChars)
      throw new Refusal('too_large', `The question has ${chars} characters; at most ${limits.maxPromptChars} are allowed.`);
    await this.models.require(modelsOfRequest(slots, request.assessment));
    return slots;
  }

  private async fence(request: CreateComparison, slots: Slot[], maxCostUsd: string): Promise<void> {
    const { totalNanos } = await this.costOf(request, slots);
    if (totalNanos === null)
      throw new Refusal(
        'price_unknown',
        'maxCostUsd is set, but the price of at least one model is not known: leave that model out, or the ceiling.',
      );
    if (totalNanos > fromMoney(maxCostUsd))
      throw new Refusal('budget_exceeded', `This may cost up to $${toMoney(totalNanos)}, more than maxCostUsd allows.`, {
        estimateUsd: toMoney(totalNanos),
        remainingUsd: maxCostUsd,
        limitUsd: maxCostUsd,
      });
  }

  private async costOf(request: CreateComparison, slots: Slot[]): Promise<EstimatedCost> {
    const operator = this.settings.assessment;
    const { assessment } = request;
    const named = {
      judges: assessment.judges ?? operator.judges,
      summarizer: assessment.summarizer ?? operator.summarizer,
      synthesizer: assessment.synthesizer ?? operator.synthesizer,
    };
    const prices = await this.models.priced([
      ...modelsOfRequest(slots, assessment),
      ...(named.judges ?? []),
      ...[named.summarizer, named.synthesizer].filter((model) => model !== undefined),
    ]);
    const priced = (model: string) => withPrice(model, prices);
    return estimate({
      messages: request.messages ?? [{ role: 'user', content: request.prompt! }],
      system: request.system ?? null,
      panel: slots.map((slot) => ({
        ...priced(slot.model),
        system: slot.system ?? null,
        maxOutputTokens: slot.maxOutputTokens ?? this.settings.limits.defaultMaxOutputTokens,
        fallbacks: (slot.fallbacks ?? []).map(priced),
      })),
      assessment: {
        summary: assessment.summary,
        ranking: assessment.ranking,
        synthesis: assessment.synthesis,
        judges: named.judges?.map(priced) ?? null,
        summarizer: named.summarizer ? priced(named.summarizer) : null,
        synthesizer: named.synthesizer ? priced(named.synthesizer) : null,
      },
    });
  }
}

function firstJobs(comparison: NewComparison, answers: NewAnswer[]): NewJob[] {
  const { id, policy } = comparison;
  return [
    ...answers.map((answer): NewJob => ({
      name: 'answer',
      payload: { answerId: answer.id },
      provider: parseModelId(answer.model).provider,
      id: `answer-${answer.id}-1`,
    })),
    {
      name: 'deadline',
      payload: { comparisonId: id },
      id: `deadline-${id}-${comparison.deadlineAt.getTime()}`,
      delayMs: policy.deadlineMs,
    },
  ];
}

/** The same for requests that mean the same: zod has put every default and dropped nothing, so member order is what differs. */
function hashOf(request: CreateComparison): Buffer {
  return createHash('sha256').update(canonical(request)).digest();
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value && typeof value === 'object')
    return `{${Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

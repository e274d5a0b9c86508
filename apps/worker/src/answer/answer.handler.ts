import { Injectable } from '@nestjs/common';
import { AnswerRecorder, type ClaimedAnswer, leaseMs } from '@polyphony/comparisons';
import { EventLog } from '@polyphony/events';
import { type CallRequest, ProviderError, Providers } from '@polyphony/providers';
import { Handles, type JobHandler } from '@polyphony/queue';
import { Billing } from '../process/billing.js';
import { untilStored } from '../process/until-stored.js';
import { type Work, WorkRegistry } from '../process/work-registry.js';
import { WorkerSettings } from '../worker-settings.js';
import { afterFailure } from './after-failure.js';
import { AnswerText } from './answer-text.js';

/** Writes one answer: claims it, streams the model's text into the log, and stores how it ended. */
@Injectable()
@Handles('answer')
export class AnswerHandler implements JobHandler<'answer'> {
  constructor(
    private readonly recorder: AnswerRecorder,
    private readonly log: EventLog,
    private readonly providers: Providers,
    private readonly billing: Billing,
    private readonly registry: WorkRegistry,
    private readonly settings: WorkerSettings,
  ) {}

  async handle({ answerId }: { answerId: string }): Promise<void> {
    const claimed = await this.recorder.claim(answerId, this.registry.owner, leaseMs);
    if (!claimed) return;
    const work = this.registry.begin(answerId, claimed.attempt);
    try {
      await this.write(claimed, work);
    } finally {
      work.end();
    }
  }

  private async write(claimed: ClaimedAnswer, work: Work): Promise<void> {
    const { answerId, attempt, comparisonId } = claimed;
    const request = await this.requestOf(claimed);
    const sink = this.log.flusher.open(
      { comparisonId, fence: { id: answerId, attempt }, event: (text) => ({ type: 'answer.delta', answerId, attempt, text }) },
      () => work.stop('stopped'),
    );
    const text = new AnswerText(sink);
    try {
      for await (const part of this.providers.call(request, work.signal)) {
        if (part.type === 'text') text.add(part.text);
        else if (part.type === 'usage') text.usage = part.usage;
        else {
          text.finish();
          const cost = await this.billing.costOf({
            request,
            text: text.whole,
            usage: part.usage,
            provider: part.provider,
            processed: true,
          });
          const call = {
            text: text.whole,
            finishReason: part.finishReason,
            usage: part.usage,
            provider: part.provider,
            cost,
            ...text.timing(part.usage),
          };
          const rest = await sink.rest();
          if (!(await untilStored(() => this.recorder.complete(claimed, call, rest)))) await this.recorder.settle(claimed, call);
          return;
        }
      }
    } catch (error) {
      await this.failed(claimed, work, request, text, error);
    } finally {
      sink.close();
    }
  }

  /** A defect of ours is not the provider's failure: it is thrown on, and the answer is taken back when the lease runs out. */
  private async failed(
    claimed: ClaimedAnswer,
    work: Work,
    request: CallRequest,
    text: AnswerText,
    error: unknown,
  ): Promise<void> {
    if (!(error instanceof ProviderError)) throw error;
    text.finish();
    const usage = error.usage ?? text.usage;
    const cost = await this.billing.costOf({
      request,
      text: text.whole,
      usage,
      provider: error.provider,
      processed: error.billing !== 'none',
    });
    const partial = { text: text.whole, usage, cost, provider: error.provider };
    if (work.reason() === 'stopped') return untilStored(() => this.recorder.settle(claimed, partial));
    await text.drained();
    if (work.reason() === 'draining') {
      await untilStored(() => this.recorder.handBack(claimed, partial));
      return;
    }
    const after = afterFailure(error, claimed, this.settings.retry);
    const stored = await untilStored(() => this.recorder.fail(claimed, { ...partial, failure: error.failure() }, after));
    if (!stored) await untilStored(() => this.recorder.settle(claimed, partial));
  }

  private async requestOf({ model, messages, system, slot }: ClaimedAnswer): Promise<CallRequest> {
    const { maxOutputTokens } = await this.billing.facts(model);
    const usual = Math.min(this.settings.defaultMaxOutputTokens, maxOutputTokens ?? Infinity);
    return {
      model,
      messages,
      ...(system !== undefined && { system }),
      ...(slot.temperature !== undefined && { temperature: slot.temperature }),
      ...(slot.reasoningEffort !== undefined && { reasoningEffort: slot.reasoningEffort }),
      maxOutputTokens: slot.maxOutputTokens ?? usual,
    };
  }
}

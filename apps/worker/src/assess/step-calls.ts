import { Injectable } from '@nestjs/common';
import { type ClaimedStep, StepRecorder } from '@polyphony/comparisons';
import type { Failure, Message, ModelId, ProviderMetadata, Usage } from '@polyphony/contracts';
import type { JsonSchema, Parsed } from '@polyphony/judging';
import { repairMessage } from '@polyphony/judging';
import { type CallRequest, ProviderError, Providers, retryDelayMs } from '@polyphony/providers';
import type { CallPurpose } from '@polyphony/storage';
import { Billing } from '../process/billing.js';
import { untilStored } from '../process/until-stored.js';
import type { Work } from '../process/work-registry.js';
import { WorkerSettings } from '../worker-settings.js';

/** What is asked of a model in a step. */
export interface StepCall {
  purpose: CallPurpose;
  model: ModelId;
  system: string;
  user: string;
  maxOutputTokens: number;
  /** Wants JSON of this schema. */
  json?: { name: string; schema: JsonSchema };
}

export type StepReply<T> = { ok: true; value: T; usage: Usage | null } | { ok: false; failure: Failure };

/** The work was stopped: nothing more is to be recorded. */
export class WorkStopped extends Error {}

/** Calls models for steps along the same path as answers: watchdogs, bounded retries, and every call recorded with its cost. */
@Injectable()
export class StepCalls {
  constructor(
    private readonly providers: Providers,
    private readonly recorder: StepRecorder,
    private readonly billing: Billing,
    private readonly settings: WorkerSettings,
  ) {}

  /**
   * Asks until a reply can be read: failed calls are retried as far as the retry settings allow, an unreadable reply gets
   * one repair attempt. Throws WorkStopped when the work was stopped.
   */
  async ask<T>(claimed: ClaimedStep, work: Work, call: StepCall, read: (text: string) => Parsed<T>): Promise<StepReply<T>> {
    const messages: Message[] = [{ role: 'user', content: call.user }];
    const attempts = { count: 0 };
    for (let repaired = false; ; repaired = true) {
      const reply = await this.stream(claimed, work, { ...call, messages }, attempts, () => undefined);
      if (!reply.ok) return reply;
      const parsed = read(reply.value);
      if (parsed.ok) return { ok: true, value: parsed.value, usage: reply.usage };
      if (repaired)
        return {
          ok: false,
          failure: { code: 'unusableReply', message: `${call.model} replied, but ${parsed.reason}.`, retryable: true },
        };
      messages.push(
        { role: 'assistant', content: reply.value || '(empty)' },
        { role: 'user', content: repairMessage(parsed.reason) },
      );
    }
  }

  /** One reply as text; `onText` gets each piece, `onRestart` is called before a retry starts the text anew. */
  async stream(
    claimed: ClaimedStep,
    work: Work,
    call: StepCall & { messages: Message[] },
    attempts: { count: number },
    onText: (text: string) => void,
    onRestart: () => void = () => undefined,
  ): Promise<StepReply<string>> {
    const request: CallRequest = {
      model: call.model,
      messages: call.messages,
      system: call.system,
      temperature: 0,
      maxOutputTokens: call.maxOutputTokens,
      ...(call.json && { json: call.json }),
    };
    for (let tries = 1; ; tries++) {
      const outcome = await this.once(claimed, work, call.purpose, request, ++attempts.count, onText);
      if (outcome.ok) return outcome;
      if (work.reason()) throw new WorkStopped();
      const delayMs = retryDelayMs(outcome.error, tries, this.settings.retry);
      if (delayMs === null) return { ok: false, failure: outcome.error.failure() };
      onRestart();
      await pause(delayMs, work.signal);
      if (work.reason()) throw new WorkStopped();
    }
  }

  private async once(
    claimed: ClaimedStep,
    work: Work,
    purpose: CallPurpose,
    request: CallRequest,
    attempt: number,
    onText: (text: string) => void,
  ): Promise<{ ok: true; value: string; usage: Usage | null } | { ok: false; error: ProviderError }> {
    const callId = await untilStored(() => this.recorder.startCall(claimed, purpose, request.model, attempt));
    let text = '';
    let usage: Usage | null = null;
    let error: ProviderError | null = null;
    let provider: ProviderMetadata | null = null;
    try {
      for await (const part of this.providers.call(request, work.signal)) {
        if (part.type === 'text') {
          text += part.text;
          onText(part.text);
        } else {
          usage = part.usage;
          if (part.type === 'end') provider = part.provider;
        }
      }
    } catch (thrown) {
      if (!(thrown instanceof ProviderError)) throw thrown;
      error = thrown;
      usage = thrown.usage ?? usage;
      provider = thrown.provider;
    }
    const cost = await this.billing.costOf({ request, text, usage, provider, processed: error?.billing !== 'none' });
    await untilStored(() =>
      this.recorder.endCall(callId, {
        status: error ? (work.reason() ? 'cancelled' : 'failed') : 'completed',
        error: error?.failure() ?? null,
        usage,
        costNanos: cost.nanos?.toString() ?? null,
        costBasis: cost.basis,
      }),
    );
    return error ? { ok: false, error } : { ok: true, value: text, usage };
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

import type { TimeoutsConfig } from '@polyphony/config';
import { parseModelId, type ProviderMetadata } from '@polyphony/contracts';
import { tapBody } from './body-tap.js';
import { classify, DeclaredFailureError, type Subject } from './classify.js';
import type { Decoder, Dialect } from './dialect.js';
import { ProviderError, type FailureFacts } from './provider-error.js';
import type { CallRequest, StreamPart } from './provider.port.js';
import type { Redact } from './redact.js';
import { readHeaders, refuseOtherThanStream } from './response-headers.js';
import { classifyThrown } from './transport-failure.js';
import { Watchdog } from './watchdog.js';

export interface CallSettings<Event> {
  dialect: Dialect<Event>;
  timeouts: TimeoutsConfig;
  redact: Redact;
}

const over: IteratorReturnResult<undefined> = { value: undefined, done: true };

/**
 * One call, from the request to the last part. It is an iterator written by hand and not an async generator for two reasons:
 * it is the only layer between the SDK and the consumer, passed once per token; and a generator's `return()` waits for a
 * pending `next()`, so that an abandoned call would keep its socket until the next token.
 */
export class CallStream<Event> implements AsyncIterableIterator<StreamPart> {
  private readonly decoder: Decoder<Event>;
  private readonly subject: Subject;
  private watchdog: Watchdog | undefined;
  private events: AsyncIterator<Event> | undefined;
  private headers: Headers | null = null;
  private closeBody: () => void = () => {};
  private finished = false;

  constructor(
    private readonly settings: CallSettings<Event>,
    private readonly request: CallRequest,
    private readonly caller: AbortSignal,
  ) {
    this.decoder = settings.dialect.decoder();
    this.subject = { connection: settings.dialect.connection, model: parseModelId(request.model).model };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<StreamPart, undefined>> {
    if (this.finished) return over;
    try {
      if (this.events === undefined) await this.open();
      const { events, decoder } = this;
      const watchdog = this.watchdog!;
      watchdog.ask();
      while (decoder.state !== 'closed' && watchdog.failure === null) {
        const step = await events!.next();
        if (step.done === true) break;
        watchdog.event();
        const part = decoder.take(step.value);
        if (decoder.state === 'answered') watchdog.answered();
        if (part === undefined) continue;
        if (part === 'progress') {
          watchdog.content();
          continue;
        }
        if (part.type === 'text') watchdog.content();
        watchdog.hold();
        return this.finished ? over : { value: part, done: false };
      }
      if (this.finished) return over;
      if (decoder.state === 'open' || watchdog.failure !== null) throw this.explain(undefined);
      return this.finish();
    } catch (error) {
      if (this.finished) return over;
      const declared = error instanceof DeclaredFailureError || this.settings.dialect.declared(error) !== null;
      // Once the answer is complete, a connection that breaks instead of ending takes nothing away from it.
      if (this.decoder.state !== 'open' && !declared && !this.watchdog?.failure) return this.finish();
      const failure = error instanceof ProviderError ? error : this.explain(error);
      this.close();
      throw failure;
    }
  }

  /** Ends the call from the consumer's side; the upstream socket is closed before this returns. */
  return(): Promise<IteratorReturnResult<undefined>> {
    this.close();
    return Promise.resolve(over);
  }

  private async open(): Promise<void> {
    const { dialect, timeouts } = this.settings;
    await dialect.ready();
    const watchdog = (this.watchdog = new Watchdog(timeouts, this.caller, `${this.subject.connection} (${this.subject.model})`));
    if (this.finished) watchdog.end(true);
    if (watchdog.signal.aborted) throw this.explain(undefined);
    const { events, response } = await dialect.open(this.request, watchdog.signal);
    this.headers = response.headers;
    if (watchdog.signal.aborted) throw this.explain(undefined);
    watchdog.connected();
    await refuseOtherThanStream(response);
    this.closeBody = tapBody(response, watchdog);
    watchdog.signal.addEventListener('abort', this.closeBody, { once: true });
    this.events = events[Symbol.asyncIterator]();
  }

  private finish(): IteratorYieldResult<StreamPart> {
    this.finished = true;
    const { events, watchdog, decoder } = this;
    if (decoder.state === 'closed' && events) {
      // Nothing more can follow but the end of the body, which is worth reading: the socket is then used again.
      watchdog!.answered();
      void events.next().then(
        (step) => watchdog!.end(step.done !== true),
        () => watchdog!.end(true),
      );
    } else watchdog!.end(false);
    return {
      value: { type: 'end', finishReason: decoder.finishReason, usage: decoder.usage, provider: this.metadata() },
      done: false,
    };
  }

  private close(): void {
    if (this.finished) return;
    this.finished = true;
    this.watchdog?.end(true);
    this.closeBody();
    void this.events?.return?.().catch(() => {});
  }

  /** The caller's and the watchdogs' word comes before whatever error they caused on the way. */
  private explain(error: unknown): ProviderError {
    return new ProviderError(this.watchdog?.failure ?? this.facts(error), {
      usage: this.decoder.usage,
      provider: this.metadata(),
    });
  }

  private facts(error: unknown): FailureFacts {
    const { dialect, redact } = this.settings;
    const declared = error instanceof DeclaredFailureError ? error.declared : dialect.declared(error);
    if (declared) {
      this.headers ??= declared.headers;
      return classify(declared, this.subject, redact);
    }
    if (error !== undefined) return classifyThrown(error, this.subject, redact);
    return { kind: 'connection', message: `${this.subject.connection} ended the stream before the answer was complete.` };
  }

  private metadata(): ProviderMetadata {
    return { ...readHeaders(this.headers, this.settings.redact), ...this.decoder.identity };
  }
}

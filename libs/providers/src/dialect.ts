import type { FinishReason, Usage } from '@polyphony/contracts';
import type { DeclaredFailure } from './classify.js';
import type { CallRequest, StreamPart } from './provider.port.js';

/** What an SDK gives once the response's headers are there. */
export interface Opened<Event> {
  events: AsyncIterable<Event>;
  response: Response;
}

/** Identifiers found in the stream itself; further members are the provider's own and are stored with the answer. */
export interface StreamIdentity {
  responseId: string | null;
  conversationId: string | null;
  model: string | null;
  [native: string]: unknown;
}

/**
 * Turns one stream's events into parts. Pure: it is fed and asked, and knows no time and no network. Whatever a server
 * may leave out is guarded for, because servers do leave it out.
 */
export interface Decoder<Event> {
  /**
   * `open`: no terminal marker yet. `answered`: the answer is complete, bookkeeping such as usage may follow.
   * `closed`: nothing more can follow.
   */
  readonly state: 'open' | 'answered' | 'closed';
  readonly finishReason: FinishReason;
  /** Reported so far. */
  readonly usage: Usage | null;
  readonly identity: StreamIdentity;
  /** The part this event brings; `progress` when the model works but shows nothing (reasoning). Throws DeclaredFailureError. */
  take(event: Event): StreamPart | 'progress' | undefined;
}

/** How one wire format is spoken to one connection. */
export interface Dialect<Event> {
  readonly connection: string;
  /** Loads the SDK; outside of the watchdogs, because it is not the provider's time. */
  ready(): Promise<unknown>;
  open(request: CallRequest, signal: AbortSignal): Promise<Opened<Event>>;
  decoder(): Decoder<Event>;
  /** What the provider declared, if `error` is the SDK's way to say so. */
  declared(error: unknown): DeclaredFailure | null;
}

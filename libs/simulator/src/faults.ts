import type { Call } from './call.js';
import { hash32 } from './hash.js';
import type { Purpose } from './journal.js';
import type { Modifiers } from './model-name.js';
import { defaultFaultPosition, isStructured } from './reply.js';
import type { ErrorCase } from './provider-error.js';

/** A fault that takes the place of the reply. */
export type Instead =
  | { kind: 'error'; status: number; case?: ErrorCase; retryAfter?: string }
  | { kind: 'reset' | 'hang' | 'stallFirst' | 'pingOnly' | 'html' | 'jsonError' };

/** A fault in the middle of a reply, after `at` deltas. */
export interface MidStream {
  readonly kind: 'midError' | 'failed' | 'stall' | 'cut' | 'eof' | 'garbage';
  readonly at: number;
}

const rememberedLimit = 50_000;

/** What of a simulator's faults depends on earlier requests: `times` and `flap`. */
export class FaultMemory {
  readonly #seen = new Map<string, number>();
  readonly #firstSeen = new Map<string, number>();

  /** The call as its fault modifiers still apply: once `times` requests have failed, only length and pace remain. */
  settle(call: Call): Call {
    const { times, tokens, size, rate, ttft } = call.model.modifiers;
    if (times === undefined) return call;
    const key = `${call.model.full}\0${hash32(call.question)}`;
    const seen = (this.#seen.get(key) ?? 0) + 1;
    if (this.#seen.size >= rememberedLimit) this.#seen.clear();
    this.#seen.set(key, seen);
    if (seen <= times) return call;
    const left: Modifiers = {
      ...(tokens !== undefined && { tokens }),
      ...(size !== undefined && { size }),
      ...(rate !== undefined && { rate }),
      ...(ttft !== undefined && { ttft }),
    };
    return { ...call, model: { ...call.model, modifiers: left } };
  }

  /** The fault that takes the place of a reply to this call, if any. */
  instead(call: Call, purpose: Purpose, now = Date.now()): Instead | null {
    const modifiers = call.model.modifiers;
    if (modifiers.reset) return { kind: 'reset' };
    if (modifiers.hang) return { kind: 'hang' };
    if (modifiers.flap !== undefined && this.#isDown(call.model.full, modifiers.flap, now)) return { kind: 'error', status: 503 };
    if (modifiers.billing429) return { kind: 'error', status: 429, case: 'billing' };
    if (modifiers.context) return { kind: 'error', status: 400, case: 'context' };
    const retryAfter = retryAfterOf(modifiers, now);
    if (modifiers.status !== undefined || retryAfter.retryAfter)
      return { kind: 'error', status: modifiers.status ?? 429, ...retryAfter };
    if (modifiers.failJudge && isStructured(purpose)) return { kind: 'error', status: 500 };
    if (modifiers.stallFirst) return { kind: 'stallFirst' };
    if (modifiers.pingOnly) return { kind: 'pingOnly' };
    if (modifiers.html) return { kind: 'html' };
    if (modifiers.jsonError) return { kind: 'jsonError' };
    return null;
  }

  #isDown(model: string, periodMs: number, now: number): boolean {
    const first = this.#firstSeen.get(model) ?? now;
    this.#firstSeen.set(model, first);
    return Math.floor((now - first) / periodMs) % 2 === 0;
  }
}

function retryAfterOf(modifiers: Modifiers, now: number): { retryAfter?: string } {
  if (modifiers.retryAfter !== undefined) return { retryAfter: String(modifiers.retryAfter) };
  // HTTP dates know whole seconds only; rounding up keeps the wait at least as long as asked for.
  if (modifiers.retryAfterDate !== undefined)
    return { retryAfter: new Date(Math.ceil(now / 1000 + modifiers.retryAfterDate) * 1000).toUTCString() };
  return {};
}

/** The fault in the middle of a reply to this call, if any. */
export function midStreamFault(modifiers: Modifiers): MidStream | null {
  const at = modifiers.at ?? defaultFaultPosition;
  if (modifiers.responsesFailed) return { kind: 'failed', at };
  for (const kind of ['midError', 'stall', 'cut', 'eof', 'garbage'] as const) if (modifiers[kind]) return { kind, at };
  return null;
}

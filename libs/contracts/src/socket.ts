import { z } from 'zod';
import type { Comparison, CreateComparisonInput } from './comparison.js';
import type { ComparisonEvent } from './event.js';
import { Id } from './identifiers.js';
import type { Problem } from './problem.js';

/** `comparison:watch`: with `after`, every event of a greater seq follows; without, a snapshot and what comes after it. */
export const WatchRequest = z.strictObject({ comparisonId: Id, after: z.number().int().min(0).optional() });
export type WatchRequest = z.infer<typeof WatchRequest>;
export const ComparisonRef = z.strictObject({ comparisonId: Id });
export type ComparisonRef = z.infer<typeof ComparisonRef>;
export const SocketFinish = z.strictObject({ comparisonId: Id, cancelRest: z.boolean().default(false) });

/** The acknowledgement of every client message: success with its members, or the problem. */
export type Ack<T extends object = object> = ({ ok: true } & T) | { ok: false; problem: Problem };

/** Server to client. `comparison:snapshot` replaces what a client shows when it fell too far behind to be sent every event. */
export interface ServerToClient {
  'comparison:event': (event: ComparisonEvent) => void;
  'comparison:snapshot': (message: { comparisonId: Id; seq: number; snapshot: Comparison }) => void;
}

/** Client to server; every message is acknowledged. */
export interface ClientToServer {
  'comparison:create': (
    request: CreateComparisonInput & { idempotencyKey?: string },
    ack: (reply: Ack<{ comparison: Comparison }>) => void,
  ) => void;
  'comparison:watch': (request: WatchRequest, ack: (reply: Ack<{ seq: number; snapshot?: Comparison }>) => void) => void;
  'comparison:unwatch': (request: ComparisonRef, ack: (reply: Ack) => void) => void;
  'comparison:cancel': (request: ComparisonRef, ack: (reply: Ack) => void) => void;
  'comparison:finish': (request: ComparisonRef & { cancelRest?: boolean }, ack: (reply: Ack) => void) => void;
}

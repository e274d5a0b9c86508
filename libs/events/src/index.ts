export type { Fence, NewEvent, SqlRunner } from './append.js';
export type { DeltaSink, DeltaStream } from './delta-flusher.js';
export * from './events.module.js';
export type { WakeUps } from './wake-ups.js';
export { type Deliver, EventTail, Subscription } from './tail.js';

export { migrateQueue, type QueueSettings } from './backend.js';
export { jobs, type JobName, type JobPayload, type NewJob } from './catalogue.js';
export { handledBy, Handles, type JobHandler } from './handler.js';
export { concurrencyOf, type Handlers } from './host.js';
export type { JobProducer } from './producer.js';
export * from './queue.module.js';

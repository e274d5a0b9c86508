export * from './pool.js';
export { PreparingClient } from './preparing-client.js';

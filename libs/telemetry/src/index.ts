export * from './lifecycle.js';
export * from './logger.js';
export * from './trouble.js';

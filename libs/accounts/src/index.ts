export * from './access.js';
export * from './accounts.module.js';

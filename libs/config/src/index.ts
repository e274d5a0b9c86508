export * from './config.js';
export { loadConfig } from './load.js';
export { providerVariables } from './providers.js';
export { ConfigFile, Environment } from './schema.js';

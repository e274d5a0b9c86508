export type { CallRequest, DiscoveredModel, ModelProvider, StreamPart } from './provider.port.js';
export { ProviderError, type FailureFacts, type ProviderErrorKind } from './provider-error.js';
export { Providers } from './providers.js';
export { retryDelayMs } from './retry-delay.js';

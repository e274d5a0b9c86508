import type { ConfigFile, providerKinds } from './schema.js';

export type TimeoutsConfig = ConfigFile['timeouts'];
export type RetryConfig = ConfigFile['retry'];
export type CircuitConfig = ConfigFile['circuit'];
export type LimitsConfig = ConfigFile['limits'];
export type AssessmentConfig = ConfigFile['assessment'];
export type PricesConfig = ConfigFile['prices'];

/** One way to reach models: a wire format, an address and a key. `id` is the provider part of ModelIds. */
export interface ProviderConnection {
  readonly id: string;
  readonly kind: (typeof providerKinds)[number];
  /** As the vendor's own SDK expects it; the SDK's default when undefined. */
  readonly baseUrl?: string;
  /** Secret: never logged, never in an error. Empty for servers that need none. */
  readonly apiKey: string;
  /** Answers are made up by the simulator and marked so. */
  readonly simulated: boolean;
  /** Calls at once in each worker process. */
  readonly concurrency: number;
}

export interface ProvidersConfig {
  readonly connections: readonly ProviderConnection[];
  readonly timeouts: TimeoutsConfig;
  readonly retry: RetryConfig;
  readonly circuit: CircuitConfig;
}

/** Everything a process may know of its surroundings, read once at start and frozen. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly publicUrl?: string;
  /** `embedded` brings its own PostgreSQL; `external` uses DATABASE_URL. */
  readonly mode: 'embedded' | 'external';
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  readonly dataDir: string;
  readonly secret?: string;
  readonly adminApiKey?: string;
  readonly workers: number;
  readonly workerIndex: number;
  readonly providers: ProvidersConfig;
  readonly prices: PricesConfig;
  readonly limits: LimitsConfig;
  readonly assessment: AssessmentConfig;
  readonly retention: ConfigFile['retention'];
  readonly log: { readonly level: string; readonly production: boolean };
}

/** A setting that cannot be used. The message is one sentence that names it and says what to change. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The exit code of a process that stopped because of a setting: starting it again would not help. */
export const CONFIG_EXIT_CODE = 78;

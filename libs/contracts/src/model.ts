import { z } from 'zod';
import { ModelId, Timestamp } from './identifiers.js';
import { Problem } from './problem.js';

/** USD per million tokens, as plain decimals. A class without a price of its own is charged as its parent. */
export const ModelPrices = z.object({
  input: z.number(),
  output: z.number(),
  cachedInput: z.number().nullable(),
  cacheWrite: z.number().nullable(),
});
export type ModelPrices = z.infer<typeof ModelPrices>;

/** What a model accepts; null means its provider does not say. */
export const ModelCapabilities = z.object({
  temperature: z.boolean().nullable(),
  reasoningEffort: z.boolean().nullable(),
  structuredOutput: z.boolean().nullable(),
  images: z.boolean().nullable(),
});
export type ModelCapabilities = z.infer<typeof ModelCapabilities>;

/** A model the caller can ask now. */
export const Model = z.object({
  id: ModelId,
  provider: z.string(),
  name: z.string(),
  contextWindow: z.number().int().nullable(),
  maxOutputTokens: z.number().int().nullable(),
  prices: ModelPrices.nullable(),
  capabilities: ModelCapabilities,
  simulated: z.boolean(),
  health: z.enum(['healthy', 'degraded', 'down', 'unknown']),
  source: z.enum(['operator', 'workspace']),
});
export type Model = z.infer<typeof Model>;
export const ModelList = z.object({ items: z.array(Model) });
export type ModelList = z.infer<typeof ModelList>;

const percentiles = z.object({ p50: z.number().nullable(), p95: z.number().nullable() });

/** A configured provider and how it fares. `errorRate` is 0..1 over recent calls, null when there were none. */
export const Provider = z.object({
  id: z.string(),
  status: z.enum(['healthy', 'degraded', 'down', 'unconfigured']),
  circuit: z.enum(['closed', 'open', 'halfOpen']),
  limits: z.object({ concurrency: z.number().int().nullable() }),
  latency: z.object({ timeToFirstTokenMs: percentiles, totalMs: percentiles }),
  errorRate: z.number().nullable(),
  lastError: z.object({ code: z.string(), message: z.string(), at: Timestamp }).nullable(),
  models: z.number().int(),
});
export type Provider = z.infer<typeof Provider>;
export const ProviderList = z.object({ items: z.array(Provider) });
export type ProviderList = z.infer<typeof ProviderList>;

/** The outcome of a connection test that costs nothing or next to nothing. */
export const ProviderTest = z.object({
  ok: z.boolean(),
  latencyMs: z.number().int(),
  account: z.record(z.string(), z.string()).optional(),
  problem: Problem.optional(),
});
export type ProviderTest = z.infer<typeof ProviderTest>;

import { z } from 'zod';

/** Any row's identifier: a UUIDv7, so that ids sort by creation time. */
export const Id = z.uuid();
export type Id = z.infer<typeof Id>;

/**
 * Which model to ask: `<provider>/<the provider's own model id>`, e.g. `anthropic/claude-haiku-5-5`.
 * The provider part ends at the first slash; the rest may hold further slashes, as OpenRouter's ids do.
 */
export const ModelId = z
  .string()
  .max(200)
  .regex(/^[a-z0-9][a-zA-Z0-9._-]*\/\S+$/, 'must be <provider>/<model>, for example openai/gpt-6-luna');
export type ModelId = z.infer<typeof ModelId>;

/** Splits a ModelId into its provider and the id the provider itself uses. */
export function parseModelId(id: ModelId): { provider: string; model: string } {
  const slash = id.indexOf('/');
  return { provider: id.slice(0, slash), model: id.slice(slash + 1) };
}

/** A point in time on the wire: ISO 8601, UTC, milliseconds. */
export const Timestamp = z.iso.datetime({ precision: 3 });
export type Timestamp = z.infer<typeof Timestamp>;

/** US dollars as a plain decimal string with at most nine decimals. An unknown amount is null, never "0". */
export const Money = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,9})?$/, 'must be a plain decimal in USD with at most nine decimals, such as "0.25"');
export type Money = z.infer<typeof Money>;

import type { ModelCapabilities, ModelPrices } from '@polyphony/contracts';
import { isRecord } from '../classify.js';
import type { DiscoveredModel } from '../provider.port.js';
import { tokenCount } from '../token-count.js';

const notForText = /embedding|tts|whisper|dall-e|image|moderation|realtime|audio|transcribe|sora|babbage|davinci/i;

/** OpenAI's own list names everything it sells, and only the name tells what it is. */
export function answersInText(id: string): boolean {
  return !notForText.test(id);
}

/** OpenAI's reasoning families refuse sampling parameters; the older ones know no effort. */
export function isReasoningFamily(model: string): boolean {
  return /^(gpt-[5-9]|o\d)/.test(model);
}

/**
 * One entry of `GET /models`. OpenAI gives no more than an id; OpenRouter and servers that follow it add `name`,
 * `context_length`, `pricing` (USD per token, as strings), `supported_parameters` and `architecture`; vLLM `max_model_len`.
 */
export function readModel(connection: string, model: { id: string }): DiscoveredModel {
  const more = model as { id: string } & Record<string, unknown>;
  const top = isRecord(more['top_provider']) ? more['top_provider'] : {};
  return {
    id: `${connection}/${model.id}`,
    name: typeof more['name'] === 'string' && more['name'] !== '' ? more['name'] : model.id,
    contextWindow: tokenCount(more['context_length']) ?? tokenCount(more['context_window']) ?? tokenCount(more['max_model_len']),
    maxOutputTokens: tokenCount(top['max_completion_tokens']) ?? tokenCount(more['max_output_tokens']),
    capabilities: readCapabilities(more),
    prices: isRecord(more['pricing']) ? readPrices(more['pricing']) : null,
  };
}

function readCapabilities(model: { id: string } & Record<string, unknown>): ModelCapabilities {
  const listed = model['supported_parameters'];
  const parameters = Array.isArray(listed) ? new Set<unknown>(listed) : null;
  const architecture = isRecord(model['architecture']) ? model['architecture'] : {};
  const modalities = architecture['input_modalities'];
  const supports = (...names: string[]): boolean | null => parameters && names.some((name) => parameters.has(name));
  return {
    temperature: supports('temperature'),
    reasoningEffort: supports('reasoning', 'reasoning_effort'),
    structuredOutput: supports('structured_outputs', 'response_format'),
    images: Array.isArray(modalities) ? modalities.includes('image') : null,
  };
}

/** Null unless both directions have a price; a negative one means "depends" (OpenRouter's routers). */
function readPrices(pricing: Record<string, unknown>): ModelPrices | null {
  const input = perMillion(pricing['prompt']);
  const output = perMillion(pricing['completion']);
  if (input === null || output === null) return null;
  return {
    input,
    output,
    cachedInput: perMillion(pricing['input_cache_read']),
    cacheWrite: perMillion(pricing['input_cache_write']),
  };
}

function perMillion(perToken: unknown): number | null {
  if (typeof perToken !== 'string' && typeof perToken !== 'number') return null;
  const value = perToken === '' ? Number.NaN : Number(perToken);
  // Twelve digits: what the multiplication adds in binary noise goes, what a price holds stays.
  return Number.isFinite(value) && value >= 0 ? Number((value * 1_000_000).toPrecision(12)) : null;
}

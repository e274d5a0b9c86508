import type { Voice } from './voices.js';
import { voiceOf } from './voices.js';

const released = '2026-01-01T00:00:00Z';

/** A price per token as the plain decimal OpenRouter writes. `usdPerMillion` has at most four decimals. */
function perToken(usdPerMillion: number): string {
  return (usdPerMillion / 1e6).toFixed(10).replace(/0+$/, '').replace(/\.$/, '');
}

/** A model as an OpenAI-style list shows it, with OpenRouter's extra members. */
export function openaiModel(id: string): object {
  const voice = voiceOf(id.split('+', 1)[0] as string);
  return {
    id,
    object: 'model',
    created: Date.parse(released) / 1000,
    owned_by: 'polyphony-simulator',
    name: nameOf(id, voice),
    context_length: voice.contextWindow,
    top_provider: { context_length: voice.contextWindow, max_completion_tokens: voice.maxOutputTokens, is_moderated: false },
    pricing: {
      prompt: perToken(voice.prices.input),
      completion: perToken(voice.prices.output),
      input_cache_read: perToken(voice.prices.cachedInput),
    },
    supported_parameters: ['max_tokens', 'temperature', 'response_format', 'structured_outputs'],
  };
}

/** A model as Anthropic's list shows it; like Anthropic, without prices. */
export function anthropicModel(id: string): object {
  const voice = voiceOf(id.split('+', 1)[0] as string);
  return {
    type: 'model',
    id,
    display_name: nameOf(id, voice),
    created_at: released,
    deprecated_at: null,
    retires_at: null,
    lifecycle: 'active',
    line: null,
    max_input_tokens: voice.contextWindow,
    max_tokens: voice.maxOutputTokens,
    capabilities: null,
  };
}

function nameOf(id: string, voice: Voice): string {
  return id === voice.id ? voice.name : `${id} (simulated)`;
}

export function openaiList(ids: readonly string[]): object {
  return { object: 'list', data: ids.map(openaiModel) };
}

export function anthropicList(ids: readonly string[]): object {
  return { data: ids.map(anthropicModel), has_more: false, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null };
}

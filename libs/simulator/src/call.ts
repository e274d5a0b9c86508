import { ModelNameError, parseModelName } from './model-name.js';
import type { ModelName } from './model-name.js';

export type Format = 'anthropic' | 'responses' | 'chat';
export type JsonSchema = Record<string, unknown>;

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** One request to a model, the same for every wire format. */
export interface Call {
  readonly format: Format;
  readonly model: ModelName;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly system: string;
  readonly turns: readonly Turn[];
  /** The content of the last user message. */
  readonly question: string;
  readonly maxTokens: number;
  readonly schema: JsonSchema | null;
  /** Whether JSON is wanted without a schema (`json_object`). */
  readonly json: boolean;
  readonly inputTokens: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request the provider would refuse with status 400. */
export class CallError extends Error {
  readonly param: string | null;

  constructor(message: string, param: string | null = null) {
    super(message);
    this.param = param;
  }
}

type Fields = Record<string, unknown>;

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (typeof part === 'string' ? part : (fields(part)['text'] ?? ''))).join('');
}

/** About 1.3 tokens a word, the same figure wherever the simulator counts what goes in. */
export function countInputTokens(texts: readonly string[]): number {
  let words = 0;
  for (const text of texts) {
    let inWord = false;
    for (let index = 0; index < text.length; index++) {
      const space = text.charCodeAt(index) <= 32;
      if (!space && !inWord) words++;
      inWord = !space;
    }
  }
  return Math.max(1, Math.ceil(words * 1.3));
}

function readConversation(format: Format, body: Fields): { system: string; turns: Turn[] } {
  const raw = format === 'responses' ? body['input'] : body['messages'];
  const name = format === 'responses' ? 'input' : 'messages';
  const items = typeof raw === 'string' && format === 'responses' ? [{ role: 'user', content: raw }] : raw;
  if (!Array.isArray(items) || items.length === 0)
    throw new CallError(`${name}: a non-empty list of messages is required.`, name);
  const system = [textOf(format === 'anthropic' ? body['system'] : body['instructions'])];
  const turns: Turn[] = [];
  for (const item of items.map(fields)) {
    const role = item['role'];
    const text = textOf(item['content']);
    if (role === 'user' || role === 'assistant') turns.push({ role, text });
    else if (role === 'system' || role === 'developer') system.push(text);
    else if (format !== 'responses' || item['type'] === 'message')
      throw new CallError(`${name}: role ${JSON.stringify(role)} is not supported.`, name);
  }
  if (!turns.some((turn) => turn.role === 'user')) throw new CallError(`${name}: at least one user message is required.`, name);
  return { system: system.filter(Boolean).join('\n\n'), turns };
}

function readFormat(format: Format, body: Fields): { schema: JsonSchema | null; json: boolean } {
  const wanted =
    format === 'anthropic'
      ? fields(fields(body['output_config'])['format'])
      : format === 'responses'
        ? fields(fields(body['text'])['format'])
        : fields(body['response_format']);
  const holder = format === 'chat' ? fields(wanted['json_schema']) : wanted;
  const schema = wanted['type'] === 'json_schema' ? (holder['schema'] as JsonSchema | undefined) : undefined;
  if (wanted['type'] === 'json_schema' && !schema) throw new CallError('A json_schema format needs a schema.', 'format');
  return { schema: schema ?? null, json: schema !== undefined || wanted['type'] === 'json_object' };
}

const tokenLimits = {
  anthropic: ['max_tokens'],
  responses: ['max_output_tokens'],
  chat: ['max_completion_tokens', 'max_tokens'],
} as const;

function readMaxTokens(format: Format, body: Fields): number {
  for (const name of tokenLimits[format]) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (!Number.isInteger(value) || (value as number) < 1) throw new CallError(`${name}: must be a positive integer.`, name);
    return value as number;
  }
  if (format === 'anthropic') throw new CallError('max_tokens: Field required', 'max_tokens');
  return Number.POSITIVE_INFINITY;
}

/** Reads a request's JSON body as the format defines it, ignoring what it does not know. Throws CallError. */
export function readCall(format: Format, body: Fields, options: { counting?: boolean } = {}): Call {
  if (typeof body['model'] !== 'string' || body['model'] === '') throw new CallError('model: a model name is required.', 'model');
  const streamOptions = body['stream_options'];
  if (format === 'chat' && streamOptions && body['stream'] !== true)
    throw new CallError("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options');
  const { system, turns } = readConversation(format, body);
  let model: ModelName;
  try {
    model = parseModelName(body['model']);
  } catch (error) {
    if (error instanceof ModelNameError) throw new CallError(error.message, 'model');
    throw error;
  }
  return {
    format,
    model,
    stream: body['stream'] === true,
    includeUsage: fields(streamOptions)['include_usage'] === true,
    system,
    turns,
    question: turns.findLast((turn) => turn.role === 'user')?.text ?? '',
    maxTokens: options.counting ? Number.POSITIVE_INFINITY : readMaxTokens(format, body),
    ...readFormat(format, body),
    inputTokens: countInputTokens([system, ...turns.map((turn) => turn.text)]),
    body,
  };
}

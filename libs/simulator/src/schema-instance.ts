import type { JsonSchema } from './call.js';
import { hash32 } from './hash.js';
import { cutWords } from './topic.js';

/** What to say where a schema wants a text of its own accord. */
export interface FillContext {
  readonly about: string;
  readonly root: JsonSchema;
}

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function resolved(schema: unknown, context: FillContext, depth = 0): JsonSchema {
  if (!isObject(schema) || depth > 20) return {};
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    let target: unknown = context.root;
    for (const step of reference.replace(/^#\/?/, '').split('/').filter(Boolean))
      target = isObject(target) ? target[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
    return resolved(target, context, depth + 1);
  }
  for (const union of ['anyOf', 'oneOf'] as const) {
    const options = schema[union];
    if (!Array.isArray(options)) continue;
    const chosen = options.map((option) => resolved(option, context, depth + 1)).find((option) => option['type'] !== 'null');
    return { ...schema, [union]: undefined, ...chosen };
  }
  const parts = schema['allOf'];
  if (Array.isArray(parts)) {
    const all = parts.map((part) => resolved(part, context, depth + 1));
    return {
      ...schema,
      allOf: undefined,
      ...Object.assign({}, ...all),
      properties: Object.assign({}, schema['properties'], ...all.map((part) => part['properties'])),
    };
  }
  return schema;
}

function typeOf(schema: JsonSchema): string {
  const type = Array.isArray(schema['type']) ? schema['type'].find((option) => option !== 'null') : schema['type'];
  if (typeof type === 'string') return type;
  if (schema['properties']) return 'object';
  if (schema['items']) return 'array';
  return 'string';
}

const formats: Record<string, string> = {
  'date-time': '2026-01-01T00:00:00.000Z',
  date: '2026-01-01',
  time: '12:00:00Z',
  email: 'simulated@example.com',
  uri: 'https://example.com/simulated',
  uuid: '00000000-0000-4000-8000-000000000000',
};

const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

function fitNumber(schema: JsonSchema, value: unknown, name: string, context: FillContext): number {
  const step = typeOf(schema) === 'integer' ? 1 : number(schema['multipleOf'], 0);
  const above =
    typeof schema['exclusiveMinimum'] === 'number' ? schema['exclusiveMinimum'] + (step || 1e-6) : Number.NEGATIVE_INFINITY;
  const below =
    typeof schema['exclusiveMaximum'] === 'number' ? schema['exclusiveMaximum'] - (step || 1e-6) : Number.POSITIVE_INFINITY;
  const low = Math.max(number(schema['minimum'], Number.NEGATIVE_INFINITY), above);
  const high = Math.min(number(schema['maximum'], Number.POSITIVE_INFINITY), below);
  const from = Number.isFinite(low) ? low : Number.isFinite(high) ? high - 100 : 0;
  const to = Number.isFinite(high) ? high : from + 100;
  const wished = typeof value === 'number' ? value : from + ((to - from) * (hash32(name + context.about) % 1000)) / 1000;
  const clamped = Math.min(high, Math.max(low, wished));
  return step
    ? Math.min(
        Math.floor(high / step) * step,
        Math.ceil(low / step) * step > Math.round(clamped / step) * step
          ? Math.ceil(low / step) * step
          : Math.round(clamped / step) * step,
      )
    : clamped;
}

function fitString(schema: JsonSchema, value: unknown, name: string, context: FillContext): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
  let text =
    typeof value === 'string'
      ? value
      : (formats[String(schema['format'])] ?? `Simulated ${words || 'value'} on “${cutWords(context.about, 12)}”`);
  const minimum = number(schema['minLength'], 0);
  while (text.length < minimum) text += ` ${text}`;
  return text.slice(0, number(schema['maxLength'], text.length));
}

/**
 * An instance of `schema` that keeps of `value` whatever the schema has room for and fills in the rest: members the
 * schema does not name are dropped, numbers and texts are brought into their limits.
 */
export function conform(rawSchema: unknown, value: unknown, context: FillContext, name = '', depth = 0): Json {
  const schema = resolved(rawSchema, context);
  if ('const' in schema) return schema['const'] as Json;
  const options = schema['enum'];
  if (Array.isArray(options) && options.length > 0)
    return (options.includes(value) ? value : options[hash32(name + context.about) % options.length]) as Json;
  switch (typeOf(schema)) {
    case 'object': {
      const given = isObject(value) ? value : {};
      const properties = isObject(schema['properties']) ? schema['properties'] : {};
      const required = Array.isArray(schema['required']) ? schema['required'] : [];
      const wanted = Object.keys(properties).filter((key) => key in given || required.includes(key) || depth < 3);
      return Object.fromEntries(wanted.map((key) => [key, conform(properties[key], given[key], context, key, depth + 1)]));
    }
    case 'array': {
      const least = number(schema['minItems'], depth < 4 && value === undefined ? 1 : 0);
      const most = number(schema['maxItems'], Number.POSITIVE_INFINITY);
      const given: unknown[] = Array.isArray(value) ? value.slice(0, most) : [];
      while (given.length < Math.min(least, most)) given.push(undefined);
      return fitItems(schema, given).map((item, index) =>
        conform(schema['items'], item, context, given.length > 1 ? `${name} ${index + 1}` : name, depth + 1),
      );
    }
    case 'integer':
    case 'number':
      return fitNumber(schema, value, name, context);
    case 'boolean':
      return typeof value === 'boolean' ? value : true;
    case 'null':
      return null;
    default:
      return fitString(schema, value, name, context);
  }
}

/** Of a list whose items are an enumeration, only what the enumeration holds may stay. */
function fitItems(schema: JsonSchema, items: unknown[]): unknown[] {
  const allowed = isObject(schema['items']) ? schema['items']['enum'] : undefined;
  return Array.isArray(allowed) ? items.filter((item) => item === undefined || allowed.includes(item)) : items;
}

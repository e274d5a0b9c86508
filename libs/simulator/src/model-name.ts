/**
 * What follows the voice in a model name, joined with `+`: `sim-sage+tokens=200+rate=50`.
 * The value says how the modifier is written: `flag` stands alone, the others take `=<number>` in the given range.
 */
export const modifiers = {
  /** Text of exactly N numbered deltas instead of the voice's own. */
  tokens: { kind: 'integer', min: 1, max: 1_000_000 },
  /** Bytes per delta. A numbered delta is never shorter than its number and hash. */
  size: { kind: 'integer', min: 1, max: 1_000_000 },
  /** Deltas per second; 0 is as fast as possible. With `dribble`: bytes per second. */
  rate: { kind: 'number', min: 0, max: 1_000_000 },
  /** Milliseconds from the request to the first delta. */
  ttft: { kind: 'integer', min: 0, max: 3_600_000 },
  /** After how many deltas a fault in mid-stream happens. */
  at: { kind: 'integer', min: 0, max: 1_000_000 },
  /** The fault happens for the first N requests of this model and question, later ones are answered. */
  times: { kind: 'integer', min: 1, max: 1_000_000 },

  status: { kind: 'integer', min: 400, max: 599 },
  /** Seconds in the `retry-after` header of the error, which is a 429 unless `status` says otherwise. */
  retryAfter: { kind: 'number', min: 0, max: 1_000_000 },
  /** The same as a date that many seconds ahead. */
  retryAfterDate: { kind: 'integer', min: 0, max: 1_000_000 },
  billing429: { kind: 'flag' },
  context: { kind: 'flag' },
  html: { kind: 'flag' },
  jsonError: { kind: 'flag' },
  jsonBody: { kind: 'flag' },
  reset: { kind: 'flag' },
  hang: { kind: 'flag' },
  stallFirst: { kind: 'flag' },
  pingOnly: { kind: 'flag' },
  /** Down (503) for MS, up for MS, and so on, from the first request of this model name. */
  flap: { kind: 'integer', min: 1, max: 3_600_000 },

  midError: { kind: 'flag' },
  responsesFailed: { kind: 'flag' },
  stall: { kind: 'flag' },
  cut: { kind: 'flag' },
  eof: { kind: 'flag' },
  garbage: { kind: 'flag' },
  filter: { kind: 'flag' },
  length: { kind: 'flag' },
  refusal: { kind: 'flag' },
  noUsage: { kind: 'flag' },
  hugeLine: { kind: 'flag' },

  splitUtf8: { kind: 'flag' },
  crlf: { kind: 'flag' },
  comments: { kind: 'flag' },
  dribble: { kind: 'flag' },

  badJudge: { kind: 'flag' },
  refuseJudge: { kind: 'flag' },
  failJudge: { kind: 'flag' },
  wrongIds: { kind: 'flag' },
  slowJudge: { kind: 'integer', min: 0, max: 3_600_000 },
} as const satisfies Record<string, { kind: 'flag' } | { kind: 'integer' | 'number'; min: number; max: number }>;

export type Modifier = keyof typeof modifiers;
export type Modifiers = { readonly [M in Modifier]?: (typeof modifiers)[M]['kind'] extends 'flag' ? true : number };

/** A model name taken apart. `base` picks the voice, `modifiers` the speed, the length and the faults. */
export interface ModelName {
  readonly full: string;
  readonly base: string;
  readonly modifiers: Modifiers;
}

/** Thrown for a modifier that is not known or has a wrong value, so that a typo never passes as a healthy model. */
export class ModelNameError extends Error {}

const remembered = new Map<string, ModelName>();
const rememberedLimit = 1000;

/** Takes `voice+modifier+modifier=value` apart. Throws ModelNameError. */
export function parseModelName(full: string): ModelName {
  const known = remembered.get(full);
  if (known) return known;
  const [base = '', ...parts] = full.split('+');
  const found: Record<string, number | true> = {};
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? undefined : part.slice(equals + 1);
    if (Object.hasOwn(found, name)) throw new ModelNameError(`The simulator's modifier "${name}" is given twice in "${full}".`);
    found[name] = parseModifier(name, value);
  }
  const parsed: ModelName = { full, base, modifiers: found };
  if (remembered.size >= rememberedLimit) remembered.clear();
  remembered.set(full, parsed);
  return parsed;
}

function parseModifier(name: string, value: string | undefined): number | true {
  if (!Object.hasOwn(modifiers, name))
    throw new ModelNameError(`The simulator has no modifier "${name}". It knows: ${Object.keys(modifiers).join(', ')}.`);
  const rule = modifiers[name as Modifier];
  if (rule.kind === 'flag') {
    if (value !== undefined) throw new ModelNameError(`The simulator's modifier "${name}" takes no value.`);
    return true;
  }
  const number = value === undefined || value === '' ? Number.NaN : Number(value);
  if (!(number >= rule.min && number <= rule.max) || (rule.kind === 'integer' && !Number.isInteger(number)))
    throw new ModelNameError(
      `The simulator's modifier "${name}" takes ${rule.kind} from ${rule.min} to ${rule.max}, as in "${name}=${rule.min}".`,
    );
  return number;
}

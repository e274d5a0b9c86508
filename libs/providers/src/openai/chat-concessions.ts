/** What servers that call themselves OpenAI-compatible refuse, and what is sent instead. */
export type Concession =
  /** No `stream_options`: usage will not be reported. */
  | 'noUsage'
  /** `max_completion_tokens` instead of `max_tokens`. */
  | 'newLimitName'
  /** `response_format: json_object` instead of a schema. */
  | 'noSchema';

const signs: { concession: Concession; sign: RegExp; perModel: boolean }[] = [
  { concession: 'noUsage', sign: /stream_options|include_usage/i, perModel: false },
  { concession: 'newLimitName', sign: /max_completion_tokens/i, perModel: true },
  { concession: 'noSchema', sign: /response_format|json_schema/i, perModel: true },
];

/** Remembers per connection (or per model of it) which concessions were needed, so that only the first call pays for finding out. */
export class ChatConcessions {
  private readonly known = new Set<string>();

  for(model: string): ReadonlySet<Concession> {
    return new Set(signs.filter((each) => this.known.has(key(each, model))).map(({ concession }) => concession));
  }

  remember(model: string, made: ReadonlySet<Concession>): void {
    for (const each of signs) if (made.has(each.concession)) this.known.add(key(each, model));
  }

  /**
   * What to concede after a 400 or 422 whose error says `text`; null when nothing would help. A refusal without any words
   * is taken for one of `stream_options`, the commonest: servers that validate strictly often answer in a shape of their own.
   */
  static after(text: string, made: ReadonlySet<Concession>): Concession | null {
    if (/invalid schema/i.test(text)) return null;
    const fitting = signs.find(({ concession, sign }) => !made.has(concession) && sign.test(text));
    if (fitting) return fitting.concession;
    return text === '' && !made.has('noUsage') ? 'noUsage' : null;
  }
}

function key({ concession, perModel }: { concession: Concession; perModel: boolean }, model: string): string {
  return perModel ? `${concession} ${model}` : concession;
}

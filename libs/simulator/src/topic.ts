/** What a text is about, as far as a simulated model needs to know. */
export interface Topic {
  /** The question in its own words, short enough to be quoted. */
  readonly quote: string;
  readonly kind: 'choice' | 'how' | 'why' | 'make' | 'what';
  /** Its content words in order of appearance, never empty. */
  readonly keywords: readonly string[];
}

const stopWords = new Set(
  (
    'a about above after again against all also am an and any are aren’t as ask asked at be because been before being below best better between both but by ' +
    'can can’t cannot could did didn’t do does doesn’t doing don’t down each else ever every explain few find for from further get give go good got ' +
    'had has have having he help her here hers him his how i if i’m in into is isn’t it it’s its just keep know let like list make many may me might more most ' +
    'much must my need no nor not now of off on once one only or other our out over own please put question really same say see she should show so some such ' +
    'take tell than that that’s the their them then there these they thing things this those through to too two under until up us use used using very want was we well were ' +
    'what what’s when where which while who whom why will with within without words would write you your yours one’s answer answers short briefly'
  ).split(' '),
);

/** The content words of a text, lower case, each once, in order of appearance. */
export function contentWords(text: string): string[] {
  const words = new Set<string>();
  for (const [word] of text
    .toLowerCase()
    .replaceAll("'", '’')
    .matchAll(/[\p{L}\p{N}][\p{L}\p{N}’-]*/gu))
    if (word.length > 2 && !stopWords.has(word)) words.add(word);
  return [...words];
}

/** Cuts at a word boundary: at most `limit` words, with an ellipsis where something is left out. */
export function cutWords(text: string, limit: number): string {
  const words = text.trim().split(/\s+/u);
  if (words.length <= limit) return words.join(' ');
  return `${words
    .slice(0, limit)
    .join(' ')
    .replace(/[\s,;:.–-]+$/u, '')}…`;
}

function kindOf(question: string): Topic['kind'] {
  const text = question.toLowerCase();
  if (/\b(vs\.?|versus|which|should|better|compare|or)\b/.test(text)) return 'choice';
  if (/\b(write|compose|draft|create|design|invent|generate|suggest)\b/.test(text)) return 'make';
  if (/\bwhy\b/.test(text)) return 'why';
  if (/\bhow\b/.test(text)) return 'how';
  return 'what';
}

/** Reads the topic off a question: its first real question if there is one, otherwise its beginning. */
export function topicOf(question: string): Topic {
  const flat = question.slice(0, 4000).replace(/\s+/gu, ' ').trim();
  const sentences = flat.match(/[^.!?]+[.!?]*/gu) ?? [flat];
  const main = sentences.find((sentence) => sentence.includes('?')) ?? sentences[0] ?? '';
  const cased = new Map(
    main.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu)?.map((word) => [word.toLowerCase().replaceAll("'", '’'), word]),
  );
  const found = contentWords(main).slice(0, 6);
  const first = found[0];
  const keywords = found.map((word) => {
    const written = cased.get(word) ?? word;
    // A capital at the start of the sentence is grammar, not a name.
    return word === first && main.trim().startsWith(written) && /^\p{Lu}\p{Ll}+$/u.test(written) ? word : written;
  });
  return {
    quote: cutWords(main.replaceAll(/[“”"]/g, ''), 24),
    kind: kindOf(main),
    keywords: keywords.length > 0 ? keywords : ['this'],
  };
}

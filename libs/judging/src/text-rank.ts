const words = new Intl.Segmenter('en', { granularity: 'word' });
const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/** A sentence of a text, with the weight it carries among the others. */
export interface RankedSentence {
  text: string;
  /** Distinct words, lower case. */
  words: Set<string>;
  /** Its position in the text, from 0. */
  index: number;
  listHead: boolean;
  rank: number;
}

const maxSentences = 150;
const maxCharacters = 40_000;
const damping = 0.85;
const iterations = 30;
const firstSentenceBonus = 2;
const listHeadBonus = 1.2;

/**
 * The sentences of a text in its order, each with its TextRank (Mihalcea and Tarau 2004: PageRank over word overlap). Words
 * that stand in many sentences count less, which needs no list of stop words; the first sentence and heads of list items
 * count more. Works on any script; code blocks, tables and markup are left out.
 */
export function rankSentences(text: string): RankedSentence[] {
  const found = splitSentences(text);
  const weightOf = rarity(found);
  const links = found.map((a) => found.map((b) => (a === b ? 0 : overlap(a.words, b.words, weightOf))));
  const outgoing = links.map((row) => row.reduce((sum, weight) => sum + weight, 0));
  let ranks = found.map(() => 1);
  for (let round = 0; round < iterations; round++)
    ranks = found.map((_, to) =>
      found.reduce(
        (sum, __, from) => (outgoing[from]! > 0 ? sum + (damping * ranks[from]! * links[from]![to]!) / outgoing[from]! : sum),
        1 - damping,
      ),
    );
  return found.map((sentence, index) => {
    const bonus = (index === 0 ? firstSentenceBonus : 1) * (sentence.listHead ? listHeadBonus : 1);
    return { ...sentence, rank: ranks[index]! * bonus };
  });
}

/** How alike two sentences are: shared words over the geometric mean of their sizes, 0..1. */
export function similarity(a: Set<string>, b: Set<string>): number {
  return a.size === 0 || b.size === 0 ? 0 : shared(a, b) / Math.sqrt(a.size * b.size);
}

function splitSentences(text: string): Omit<RankedSentence, 'rank'>[] {
  const prose = text.slice(0, maxCharacters).replace(/```[\s\S]*?(?:```|$)/g, '\n');
  const found: Omit<RankedSentence, 'rank'>[] = [];
  for (const line of prose.split('\n')) {
    if (/^\s*(?:\||[-=_*]{3,}\s*$)/.test(line)) continue;
    const listHead = /^\s*(?:[-*•–]|\d{1,3}[.)])\s+/.test(line);
    const plain = line.replace(/^\s*(?:#{1,6}|>|[-*•–]|\d{1,3}[.)])\s+/, '').replace(/\*\*|__|`/g, ''); // prettier-ignore
    let first = true;
    for (const { segment } of sentences.segment(plain)) {
      const sentence = segment.trim();
      const own = wordsOf(sentence);
      if (own.size === 0) continue;
      found.push({ text: sentence, words: own, index: found.length, listHead: listHead && first });
      first = false;
      if (found.length === maxSentences) return found;
    }
  }
  return found;
}

function wordsOf(sentence: string): Set<string> {
  const found = new Set<string>();
  for (const { segment, isWordLike } of words.segment(sentence)) if (isWordLike) found.add(segment.toLowerCase());
  return found;
}

/** What a word weighs: much when it stands in few sentences, next to nothing when in most. */
function rarity(sentencesFound: readonly { words: Set<string> }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const sentence of sentencesFound) for (const word of sentence.words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return new Map([...counts].map(([word, count]) => [word, Math.log(sentencesFound.length / count) + 0.05]));
}

function overlap(a: Set<string>, b: Set<string>, weightOf: Map<string, number>): number {
  let common = 0;
  for (const word of a) if (b.has(word)) common += weightOf.get(word)!;
  return common / (Math.log(a.size + 1) + Math.log(b.size + 1));
}

function shared(a: Set<string>, b: Set<string>): number {
  let count = 0;
  for (const word of a) if (b.has(word)) count++;
  return count;
}

import { SeededGenerator } from './seeded-generator.js';

/** An answer as it is put before a model. */
export interface FencedAnswer {
  answerId: string;
  text: string;
}

/** What identifies the blocks of one call: a nonce no text contains, and for every answer a short id that means nothing. */
export interface Fences {
  nonce: string;
  /** Short id → answer id, in the order the answers are shown. */
  idOf: Record<string, string>;
}

const nonceAlphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
const nonceLength = 20;
/** Pairs of letters that are no word, unit or rank in any order, so that an id in a judge's text can only be the id. */
const firstLetters = 'qxzjvw';
const secondLetters = 'bcdfghjkmnpqrtvwxz';

/** Draws nonce and short ids for one call over these answers, in this order. No text contains the nonce; ids are words of none. */
export function drawFences(generator: SeededGenerator, answers: readonly FencedAnswer[], otherTexts: readonly string[]): Fences {
  const texts = [...otherTexts, ...answers.map((answer) => answer.text)];
  let nonce: string;
  do nonce = Array.from({ length: nonceLength }, () => generator.pick(nonceAlphabet)).join('');
  while (texts.some((text) => text.includes(nonce)));

  const all = [...firstLetters].flatMap((first) =>
    [...secondLetters].filter((second) => second !== first).map((second) => first + second),
  );
  const words = new Set(texts.flatMap((text) => text.toLowerCase().match(/(?<![a-z])[qxzjvw][a-z](?![a-z])/g) ?? []));
  const shuffled = generator.shuffled(all);
  const ids = [...shuffled.filter((id) => !words.has(id)), ...shuffled.filter((id) => words.has(id))];
  return { nonce, idOf: Object.fromEntries(answers.map((answer, index) => [ids[index]!, answer.answerId])) };
}

/** The fenced answers, in the order of `idOf`. */
export function answerBlocks(fences: Fences, answers: readonly FencedAnswer[]): string {
  const textOf = new Map(answers.map((answer) => [answer.answerId, answer.text]));
  return Object.entries(fences.idOf)
    .map(([id, answerId]) =>
      [
        `<<<ANSWER id=${id} nonce=${fences.nonce}>>>`,
        escapeText(textOf.get(answerId) ?? ''),
        `<<<END ${id} ${fences.nonce}>>>`,
      ].join('\n'),
    )
    .join('\n\n');
}

/** One fenced text that is not an answer, such as the question. `name` is in capitals. */
export function namedBlock(name: string, nonce: string, text: string): string {
  return [`<<<${name} nonce=${nonce}>>>`, escapeText(text), `<<<END ${name} ${nonce}>>>`].join('\n');
}

/**
 * A text as a JSON string on one line. What a reader would not see is escaped as well: bidirectional controls, zero-width
 * and tag characters, variation selectors, separators; so are three opening angle brackets, which only fences have.
 */
export function escapeText(text: string): string {
  return JSON.stringify(text)
    .replace(/[\p{Cf}\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, (character) =>
      Array.from(
        { length: character.length },
        (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
      ).join(''),
    )
    .replaceAll('<<<', '\\u003c\\u003c\\u003c');
}

export interface ParsedBlocks {
  nonce: string;
  question: string | null;
  answers: { id: string; text: string }[];
}

/** Reads back what a prompt of this room shows, trusting only blocks with the nonce of its first line. Null when there is no such line. */
export function parseBlocks(prompt: string): ParsedBlocks | null {
  const lines = prompt.split('\n');
  const nonce = /^nonce: ([a-z0-9]+)$/.exec(lines[0] ?? '')?.[1];
  if (!nonce) return null;
  const parsed: ParsedBlocks = { nonce, question: null, answers: [] };
  for (let index = 1; index < lines.length - 2; index++) {
    const id = /^<<<ANSWER id=([a-z0-9]{2}) nonce=([a-z0-9]+)>>>$/.exec(lines[index]!);
    if (id && id[2] === nonce && lines[index + 2] === `<<<END ${id[1]} ${nonce}>>>`)
      parsed.answers.push({ id: id[1]!, text: JSON.parse(lines[index + 1]!) as string });
    if (lines[index] === `<<<QUESTION nonce=${nonce}>>>` && lines[index + 2] === `<<<END QUESTION ${nonce}>>>`)
      parsed.question = JSON.parse(lines[index + 1]!) as string;
  }
  return parsed;
}

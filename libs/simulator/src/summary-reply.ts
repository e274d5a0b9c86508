import type { AnswerBlock, FencedPrompt } from './answer-blocks.js';
import { contentWords, cutWords, topicOf } from './topic.js';

export interface SummaryReply {
  text: string;
  reasoning: string;
  keyPoints: string[];
}
export interface DigestReply extends SummaryReply {
  consensus: { text: string; answers: string[] }[];
  contradictions: { text: string; answers: string[] }[];
  uniqueInsights: { text: string; answers: string[] }[];
  blindSpots: string[];
}

const plain = (text: string): string => text.replace(/^\s*(?:#{1,6}|[-*•]|\d+[.)])\s+/gmu, '').replace(/\*\*|__|`/gu, '');

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Where one sentence ends and the next begins: a question mark inside quoted words does not end one. */
const sentenceEnd = /(?<=[.!?…][”’")]*)\s+(?=[\p{Lu}\p{N}“"(])/u;

/** A question quoted at the beginning of a sentence: the reader knows it. */
const quotedQuestion = /^(?:\p{L}+(?: \p{L}+)?[:,]? )?“[^”]{8,}”(?: ?[:—–-] ?)?/u;

/** The sentences of an answer without its markup; what it says about being simulated is left out. */
function sentencesOf(text: string): string[] {
  const lines = plain(text).split(/\n+/u);
  const sentences = lines
    .flatMap((line) => line.split(sentenceEnd))
    .map((sentence) => capitalised(sentence.trim().replace(quotedQuestion, '')));
  const telling = sentences.filter((sentence) => sentence.split(/\s+/u).length >= 4 && !/simulated/iu.test(sentence));
  return telling.length > 0 ? telling : sentences.filter(Boolean);
}

/** The heads of an answer's list items, or else the first clauses of its sentences. */
function pointsOf(text: string): string[] {
  const items = [...text.matchAll(/^\s*(?:[-*•]|\d+[.)])\s+(.+)$/gmu)].map((match) => plain(match[1] as string));
  const heads = items.map((item) =>
    /^[^.:]{3,60}[.:]\s+\S/u.test(item) && item.split(/[.:]/u)[0]!.split(/\s+/u).length > 2
      ? (item.split(/[.:]/u)[0] as string)
      : item,
  );
  const clauses = sentencesOf(text).map((sentence) => sentence.split(/[;:–—]|, (?:but|and|so|because)\b/u)[0] as string);
  const points = (heads.length >= 2 ? heads : clauses).map((point) => cutWords(point.replace(/[.,;:!?]+$/u, ''), 12));
  return [...new Set(points.filter((point) => point.split(/\s+/u).length >= 2))].slice(0, 5);
}

/** Whole sentences from the start, at most `limit` words; a first sentence that is too long is cut. */
function opening(sentences: readonly string[], limit: number): string {
  const taken: string[] = [];
  let words = 0;
  for (const sentence of sentences) {
    words += sentence.split(/\s+/u).length;
    if (words > limit) break;
    taken.push(sentence);
  }
  return taken.length > 0 ? taken.join(' ') : cutWords(sentences[0] ?? '', limit);
}

const reasons = /\b(because|therefore|since|hence|so that|depends?)\b/iu;

/** One answer in short, in its own words: at most 50 words of text, 20 of reasoning, five points of 12. */
export function summarise(answer: string): SummaryReply {
  const sentences = sentencesOf(answer);
  const reason = sentences.find((sentence) => reasons.test(sentence));
  const about = contentWords(sentences.join(' ')).slice(0, 3).join(', ');
  return {
    text: opening(sentences, 50) || 'The answer is empty.',
    reasoning: cutWords(reason ?? `Argues step by step from ${about || 'the question itself'}.`, 20),
    keyPoints: pointsOf(answer),
  };
}

interface Read extends AnswerBlock {
  readonly sentences: readonly string[];
  readonly words: ReadonlySet<string>;
}

/** What several answers share, where they differ, and what none of them says; taken from their own sentences. */
export function digest(prompt: FencedPrompt): DigestReply {
  const answers: Read[] = prompt.blocks.map((block) => ({
    ...block,
    sentences: sentencesOf(block.text),
    words: new Set(contentWords(plain(block.text))),
  }));
  const spread = new Map<string, string[]>();
  for (const answer of answers) for (const word of answer.words) spread.set(word, [...(spread.get(word) ?? []), answer.id]);

  const shared = [...spread].filter(([word, ids]) => ids.length > 1 && word.length > 3 && word !== 'simulated');
  shared.sort(
    (x, y) =>
      y[1].length - x[1].length ||
      Number(prompt.question.toLowerCase().includes(y[0])) - Number(prompt.question.toLowerCase().includes(x[0])),
  );
  const consensus: DigestReply['consensus'] = [];
  const quoted = new Set<string>();
  for (const [word, ids] of shared) {
    const sentence = answers
      .flatMap((answer) => answer.sentences)
      .find((text) => contentWords(text).includes(word) && !quoted.has(text));
    if (!sentence || consensus.length === 3) continue;
    quoted.add(sentence);
    consensus.push({
      text: `${ids.length === answers.length ? 'All' : 'Several'} dwell on ${new RegExp(`\\b${word}\\b`, 'iu').exec(sentence)?.[0] ?? word}: ${cutWords(sentence, 18)}`,
      answers: ids,
    });
  }

  const uniqueInsights = answers.flatMap((answer) => {
    const rarity = (sentence: string): number => contentWords(sentence).filter((word) => spread.get(word)?.length === 1).length;
    const best = answer.sentences.toSorted((x, y) => rarity(y) - rarity(x))[0];
    return best && rarity(best) > 0 ? [{ text: cutWords(best, 24), answers: [answer.id] }] : [];
  });

  const doubting = /\b(however|doubt|wary|depends|probably|hypothesis)\b/iu;
  const doubters = answers.filter((answer) => doubting.test(answer.text));
  const others = answers.filter((answer) => !doubting.test(answer.text));
  const doubt = doubters
    .flatMap((answer) => answer.sentences)
    .toSorted((x, y) => Number(doubting.test(y)) - Number(doubting.test(x)) || y.length - x.length)[0];
  const contradictions =
    doubt && others.length > 0
      ? [
          {
            text: `Some urge caution (“${cutWords(doubt, 12)}”), others recommend going ahead.`,
            answers: [...doubters, ...others].map((answer) => answer.id),
          },
        ]
      : [];

  const all = answers.map((answer) => plain(answer.text)).join('\n');
  const blindSpots = [
    /\b(source|study|studies|https?:)\b/iu.test(all) ? '' : 'No answer names a source that could be checked.',
    /\b\d+(\.\d+)? ?(%|percent|€|\$|kg|km|ms)/iu.test(all) ? '' : 'No answer gives figures.',
    /\b(for example|for instance|e\.g\.)/iu.test(all) ? '' : 'No answer works through a concrete example.',
  ].filter(Boolean);

  const topic = cutWords(topicOf(prompt.question).quote, 12);
  const theme = shared
    .slice(0, 3)
    .map(([word]) => word)
    .join(', ');
  const first = cutWords(answers[0]?.sentences[0] ?? '', 16);
  return {
    text: cutWords(
      `${answers.length} answers to “${topic}”${theme ? ` agree on ${theme}` : ' share little'}; ${contradictions.length > 0 ? 'they differ in how cautious to be' : 'none contradicts another'}. ${first}`,
      50,
    ),
    reasoning: cutWords(
      `Compared the answers’ own sentences: ${shared.length} shared terms, ${uniqueInsights.length} answers with a point of their own.`,
      20,
    ),
    keyPoints: [...new Set(answers.flatMap((answer) => pointsOf(answer.text).slice(0, 2)))].slice(0, 5),
    consensus,
    contradictions,
    uniqueInsights,
    blindSpots,
  };
}

/** One text combined from several answers, for a prompt that asks for it in plain words. */
export function synthesise(prompt: FencedPrompt): string {
  const found = digest(prompt);
  const openings = prompt.blocks.map((block) => opening(sentencesOf(block.text), 32)).filter(Boolean);
  const list = (points: readonly { text: string }[]): string => points.map((point) => `- ${point.text}`).join('\n');
  return [
    `This is a simulated synthesis of ${prompt.blocks.length} answers to “${topicOf(prompt.question).quote}”.`,
    openings[0] ?? '',
    openings.length > 1 ? `Taken together, the other answers add this: ${openings.slice(1).join(' ')}` : '',
    found.consensus.length > 0 ? `What the answers share:\n\n${list(found.consensus)}` : '',
    found.uniqueInsights.length > 0 ? `Worth keeping from single answers:\n\n${list(found.uniqueInsights)}` : '',
    found.contradictions.length > 0
      ? `Where they differ: ${found.contradictions[0]?.text ?? ''} Weigh this against how easily the decision can be undone.`
      : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

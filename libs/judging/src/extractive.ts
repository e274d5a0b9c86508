import type { AnswerSummary, Summary } from '@polyphony/contracts';
import type { FencedAnswer } from './fenced-blocks.js';
import { summaryLimits, withinLimits } from './summary-prompt.js';
import { rankSentences, similarity } from './text-rank.js';
import type { RankedSentence } from './text-rank.js';
import { countWords, limitWords } from './word-limits.js';

const consensusSimilarity = 0.5;
const consensusMinWords = 4;
const consensusPoints = 5;
const consensusPointWords = 25;

/** A summary made of the answer's own sentences, for when no model could write one. It claims nothing the answer does not say. */
export function extractiveSummary(text: string): AnswerSummary {
  const sentences = rankSentences(text);
  return {
    ...withinLimits({
      text: excerpt(sentences) || text,
      reasoning: text.trim() === '' ? 'The answer is empty.' : 'Picked from the answer’s own sentences; no model summarised it.',
      keyPoints: topPoints(sentences),
    }),
    basis: 'extractive',
  };
}

/**
 * A digest made of the answers' own sentences. Consensus means that sentences of several answers use mostly the same words;
 * contradictions, insights and blind spots cannot be found this way and stay empty.
 */
export function extractiveDigest(answers: readonly FencedAnswer[]): Summary {
  const sources = answers.map(({ answerId, text }) => ({ answerId, sentences: rankSentences(text) }));
  const pooled = rankSentences(sources.map(({ sentences }) => sentences.slice(0, 20).map((sentence) => sentence.text).join('\n')).join('\n')); // prettier-ignore
  return {
    ...withinLimits({
      text: excerpt(pooled) || answers.map((answer) => answer.text).join(' '),
      reasoning: 'Picked from the answers’ own sentences by shared words; contradictions and blind spots were not looked for.',
      keyPoints: topPoints(pooled),
    }),
    consensus: consensusOf(sources),
    contradictions: [],
    uniqueInsights: [],
    blindSpots: [],
    basis: 'extractive',
    answerIds: answers.map((answer) => answer.answerId),
  };
}

/** The weightiest sentences that fit the word limit, in the order of the text. */
function excerpt(sentences: readonly RankedSentence[]): string {
  const chosen: RankedSentence[] = [];
  let left: number = summaryLimits.textWords;
  for (const sentence of distinct(byRank(sentences))) {
    const length = countWords(sentence.text);
    if (length > left && chosen.length > 0) continue;
    chosen.push(sentence);
    left -= length;
    if (left <= 0) break;
  }
  return chosen.sort((a, b) => a.index - b.index).map((sentence) => sentence.text).join(' '); // prettier-ignore
}

function topPoints(sentences: readonly RankedSentence[]): string[] {
  const heads = sentences.filter((sentence) => sentence.listHead);
  const from = heads.length >= 2 ? heads : sentences;
  return [...distinct(byRank(from))]
    .slice(0, summaryLimits.keyPoints)
    .sort((a, b) => a.index - b.index)
    .map((sentence) => sentence.text);
}

function consensusOf(sources: readonly { answerId: string; sentences: RankedSentence[] }[]): Summary['consensus'] {
  const found: (Summary['consensus'][number] & { words: Set<string> })[] = [];
  for (const source of sources)
    for (const sentence of byRank(source.sentences)) {
      if (
        sentence.words.size < consensusMinWords ||
        found.some((point) => similarity(point.words, sentence.words) >= consensusSimilarity)
      )
        continue;
      const agreeing = sources.filter(
        (other) =>
          other === source ||
          other.sentences.some((candidate) => similarity(candidate.words, sentence.words) >= consensusSimilarity),
      );
      if (agreeing.length > 1)
        found.push({
          text: limitWords(sentence.text, consensusPointWords),
          answerIds: agreeing.map((other) => other.answerId),
          words: sentence.words,
        });
    }
  return found
    .sort((a, b) => b.answerIds.length - a.answerIds.length)
    .slice(0, consensusPoints)
    .map(({ text, answerIds }) => ({ text, answerIds }));
}

function byRank(sentences: readonly RankedSentence[]): RankedSentence[] {
  return sentences.toSorted((a, b) => b.rank - a.rank || a.index - b.index);
}

/** Without those that say nearly the same as one before. */
function distinct(sentences: readonly RankedSentence[]): RankedSentence[] {
  const kept: RankedSentence[] = [];
  for (const sentence of sentences) if (!kept.some((other) => similarity(other.words, sentence.words) > 0.8)) kept.push(sentence);
  return kept;
}

import { assess, score } from './answer-quality.js';
import type { Quality } from './answer-quality.js';
import type { FencedPrompt } from './answer-blocks.js';
import { cutWords, topicOf } from './topic.js';

export interface JudgeReply {
  nonce: string;
  criterion: string;
  candidates: { id: string; analysis: string; score: number; flags: readonly string[] }[];
  ranking: string[][];
  abstain: boolean;
}

function analyse(quality: Quality): string {
  const grade = (part: number, high: string, middle: string, low: string): string =>
    part > 0.66 ? high : part > 0.33 ? middle : low;
  const said = [
    grade(quality.length, 'thorough', 'of moderate depth', 'very brief'),
    grade(quality.structure, 'well structured', 'readable in its structure', 'loosely structured'),
    grade(quality.relevance, 'close to the question', 'partly on the question', 'hardly in the question’s words'),
  ].join(', ');
  const concerns = quality.flags.length > 0 ? ` Concern: ${quality.flags.join(', ').replaceAll('_', ' ')}.` : '';
  return `Simulated verdict: ${quality.words} words, ${said}.${concerns}`;
}

/** A ballot over the fenced answers, as the named judge would cast it. Equal scores share a tie group. */
export function judge(prompt: FencedPrompt, judgeName: string): JudgeReply {
  const candidates = prompt.blocks.map(({ id, text }) => {
    const quality = assess(text, prompt.question);
    return { id, analysis: analyse(quality), score: score(quality, judgeName, text), flags: quality.flags };
  });
  const groups = new Map<number, string[]>();
  for (const candidate of candidates.toSorted((x, y) => y.score - x.score)) {
    const group = groups.get(candidate.score);
    if (group) group.push(candidate.id);
    else groups.set(candidate.score, [candidate.id]);
  }
  return {
    nonce: prompt.nonce ?? '',
    criterion: cutWords(`Takes up “${cutWords(topicOf(prompt.question).quote, 10)}” fully, clearly and in good order`, 25),
    candidates,
    ranking: [...groups.values()],
    abstain: false,
  };
}

/** The same ballot with ids nobody asked about. */
export function withWrongIds(reply: JudgeReply): JudgeReply {
  const renamed = (id: string): string => `${id}-wrong`;
  return {
    ...reply,
    candidates: reply.candidates.map((candidate) => ({ ...candidate, id: renamed(candidate.id) })),
    ranking: reply.ranking.map((group) => group.map(renamed)),
  };
}

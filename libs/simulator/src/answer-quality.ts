import { hash32 } from './hash.js';
import { contentWords } from './topic.js';

/** What a simulated judge sees in an answer. Every part is 0..1 and depends on the texts alone, never on the position. */
export interface Quality {
  readonly words: number;
  readonly length: number;
  readonly structure: number;
  readonly relevance: number;
  readonly flags: readonly Flag[];
}
export type Flag = 'refusal' | 'truncated' | 'off_topic' | 'judge_directed_text';

const directed =
  /\b(ignore (all|any|the|previous)|dear judge|to the judge|(give|award|assign) (me|this|it)[^.]{0,30}(100|highest|top|maximum)|rank (me|this)[^.]{0,20}first)\b/i;

/** Measures an answer: length with saturation, lists and paragraphs, how many of the question's words it takes up. */
export function assess(answer: string, question: string): Quality {
  const text = answer.trim();
  const words = text === '' ? 0 : text.split(/\s+/u).length;
  const lists = text.match(/^\s*(?:[-*•]|\d+[.)])\s/gmu)?.length ?? 0;
  const headings = text.match(/^#{1,4}\s/gmu)?.length ?? 0;
  const paragraphs = text.split(/\n\s*\n/u).length;
  const wanted = contentWords(question).slice(0, 40);
  const used = new Set(contentWords(text));
  const relevance = wanted.length === 0 ? 0.5 : wanted.filter((word) => used.has(word)).length / wanted.length;
  const flags: Flag[] = [];
  if (/^(i['’]m sorry|sorry|i (can['’]?t|cannot|won['’]t))\b/i.test(text)) flags.push('refusal');
  if (words > 0 && !/[.!?…)”"'’*`}\]]$/u.test(text)) flags.push('truncated');
  if (wanted.length >= 2 && relevance === 0) flags.push('off_topic');
  if (directed.test(text)) flags.push('judge_directed_text');
  return {
    words,
    length: 1 - Math.exp(-words / 110),
    structure: Math.min(1, lists * 0.12 + headings * 0.12 + Math.min(paragraphs, 5) * 0.08),
    relevance,
    flags,
  };
}

const penalties: Record<Flag, number> = { refusal: 40, truncated: 12, off_topic: 15, judge_directed_text: 25 };

/** A judge's score, 0..100: the same for the same judge, answer and question, wherever the answer stands. */
export function score(quality: Quality, judge: string, answer: string): number {
  const merit = 22 + 34 * quality.length + 18 * quality.structure + 20 * quality.relevance;
  const taste = (hash32(`${judge}\0${answer}`) % 7) - 3;
  const penalty = quality.flags.reduce((sum, flag) => sum + penalties[flag], 0);
  return Math.max(0, Math.min(100, Math.round(merit + taste - penalty)));
}

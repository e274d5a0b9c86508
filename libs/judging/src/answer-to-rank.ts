import type { RankedAnswer } from './standings.js';

/** An answer to be ranked. `model` is the one that really wrote it; `flags` as the detector and the finish reason give them. */
export interface AnswerToRank extends RankedAnswer {
  text: string;
  /** Among them `judge_directed_text`, `truncated`, `refusal`. */
  flags: string[];
}

/** How texts name the answers: by model, numbered where a model answered more than once. */
export function labelsOf(answers: readonly RankedAnswer[]): Map<string, string> {
  const seen = new Map<string, number>();
  return new Map(
    answers.map(({ answerId, model }) => {
      const number = (seen.get(model) ?? 0) + 1;
      seen.set(model, number);
      return [answerId, answers.filter((other) => other.model === model).length > 1 ? `${model} (${number})` : model];
    }),
  );
}

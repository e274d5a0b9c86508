import type { CreateComparisonInput } from '@polyphony/client';

/** What the form keeps from one question to the next. */
export interface Choice {
  panel: string[];
  ranking: 'panel' | 'thorough' | 'none';
  synthesis: boolean;
  judges: string[];
  maxCostUsd: string;
}

export const firstChoice: Choice = { panel: [], ranking: 'panel', synthesis: false, judges: [], maxCostUsd: '' };

const choiceKey = 'polyphony.choice';
const draftKey = 'polyphony.draft';

export function rememberedChoice(): Choice {
  try {
    return { ...firstChoice, ...(JSON.parse(localStorage.getItem(choiceKey) ?? '{}') as Partial<Choice>) };
  } catch {
    return firstChoice;
  }
}

export function rememberChoice(choice: Choice): void {
  attempt(() => localStorage.setItem(choiceKey, JSON.stringify(choice)));
}

/** The unsent question of this tab. */
export function rememberedDraft(): string {
  return attempt(() => sessionStorage.getItem(draftKey)) ?? '';
}

export function rememberDraft(question: string): void {
  attempt(() => sessionStorage.setItem(draftKey, question));
}

export function inputOf(question: string, choice: Choice): CreateComparisonInput {
  const { panel, ranking, synthesis, judges, maxCostUsd } = choice;
  return {
    prompt: question,
    panel,
    assessment: { ranking, synthesis, ...(judges.length && ranking !== 'none' ? { judges } : {}) },
    ...(maxCostUsd ? { maxCostUsd } : {}),
  };
}

/** A browser may forbid its storage; then nothing is remembered. */
function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}

import { worstCostOf } from './cost.js';
import { addKnown, dearest } from './priced-model.js';
import type { PricedModel } from './priced-model.js';
import type { Nanos } from './nanos.js';

/**
 * What will follow the answers and by whom. Where nobody is named, any model of the panel may be asked, so the dearest
 * counts. A named list of judges is asked as a whole.
 */
export interface AssessmentPlan {
  summary: boolean;
  summarizer?: PricedModel | null;
  ranking: 'panel' | 'thorough' | 'none';
  judges?: PricedModel[] | null;
  synthesis: boolean;
  synthesizer?: PricedModel | null;
}

/** The output bounds the assessment's calls are made with, reasoning included; whoever makes the calls must enforce them. */
export const assessmentOutputTokens = {
  ballot: (answers: number) => 1000 + 250 * answers,
  verdict: 1500,
  criterion: 2000,
  answerSummary: 1000,
  digest: 2000,
  synthesis: 4096,
} as const;

const defaultJudges = 3;
/** Rules, fences and schema around a judge's or summariser's material. */
const overheadTokens = 600;

/** The most the assessment may cost, each of its calls made once: zero when nothing is asked for, null when a price is not known. */
export function assessmentEstimate(
  plan: AssessmentPlan,
  sizes: { questionTokens: number; answerTokens: number[]; panel: PricedModel[] },
): Nanos | null {
  const all = sizes.answerTokens.reduce((total, tokens) => total + tokens, 0);
  const base = overheadTokens + sizes.questionTokens;
  const parts: (Nanos | null)[] = [];
  if (plan.summary) {
    const summarizers = plan.summarizer ? [plan.summarizer] : sizes.panel;
    for (const tokens of sizes.answerTokens)
      parts.push(dearest(summarizers, (prices) => worstCostOf(base + tokens, assessmentOutputTokens.answerSummary, prices)));
    parts.push(dearest(summarizers, (prices) => worstCostOf(base + all, assessmentOutputTokens.digest, prices)));
  }
  if (plan.ranking !== 'none' && sizes.answerTokens.length > 1) parts.push(judgingCost(plan, sizes, base, all));
  if (plan.synthesis)
    parts.push(
      dearest(plan.synthesizer ? [plan.synthesizer] : sizes.panel, (prices) =>
        worstCostOf(base + all, assessmentOutputTokens.synthesis, prices),
      ),
    );
  return addKnown(parts);
}

function judgingCost(
  plan: AssessmentPlan,
  sizes: { answerTokens: number[]; panel: PricedModel[] },
  base: number,
  all: number,
): Nanos | null {
  const answers = sizes.answerTokens.length;
  const pairTokens = [...sizes.answerTokens].sort((a, b) => b - a).slice(0, 2).reduce((total, tokens) => total + tokens, 0); // prettier-ignore
  const perJudge = ({ prices }: PricedModel): Nanos | null => {
    if (!prices) return null;
    if (plan.ranking === 'panel') return 2n * worstCostOf(base + all, assessmentOutputTokens.ballot(answers), prices);
    const pairwise = worstCostOf(base + pairTokens, assessmentOutputTokens.verdict, prices);
    return worstCostOf(base, assessmentOutputTokens.criterion, prices) + BigInt(2 * pairsPlayed(answers)) * pairwise;
  };
  if (plan.judges) return addKnown(plan.judges.map(perJudge));
  const distinct = [...new Map(sizes.panel.map((member) => [member.model, member])).values()].map(perJudge);
  if (distinct.includes(null)) return null;
  const costs = (distinct as Nanos[]).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  return addKnown(costs.slice(0, defaultJudges));
}

/** Full round robin up to five answers; beyond, three Swiss rounds and the pairs of the top three. */
function pairsPlayed(answers: number): number {
  return answers <= 5 ? (answers * (answers - 1)) / 2 : 3 * Math.floor(answers / 2) + 3;
}

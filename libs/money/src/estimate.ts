import type { Estimate, Message } from '@polyphony/contracts';
import { assessmentEstimate } from './assessment-estimate.js';
import type { AssessmentPlan } from './assessment-estimate.js';
import { worstCostOf } from './cost.js';
import { toMoney } from './nanos.js';
import type { Nanos } from './nanos.js';
import { addKnown, dearest } from './priced-model.js';
import type { PricedModel } from './priced-model.js';
import { estimateTokens } from './tokens.js';

/** One slot as it will be called: `maxOutputTokens` is the bound really sent to the provider. */
export interface SlotPlan extends PricedModel {
  system?: string | null;
  maxOutputTokens: number;
  fallbacks?: PricedModel[];
}

export interface ComparisonPlan {
  messages: Message[];
  system?: string | null;
  panel: SlotPlan[];
  assessment: AssessmentPlan;
}

/** An estimate as the contract shows it and, beside it, in nano-dollars to be held. Null where a price is not known. */
export interface EstimatedCost {
  estimate: Estimate;
  totalNanos: Nanos | null;
  /** Per slot, in the panel's order. */
  answersNanos: (Nanos | null)[];
  assessmentNanos: Nanos | null;
}

const tokensPerMessage = 8;

/**
 * The most a comparison may cost when every call is made once: each slot at its own model or its dearest fallback, all
 * output used up, and the assessment that follows.
 */
export function estimate(plan: ComparisonPlan): EstimatedCost {
  const messageTokens = plan.messages.reduce((total, message) => total + estimateTokens(message.content) + tokensPerMessage, 0);
  const slots = plan.panel.map((slot, index) => {
    const system = slot.system ?? plan.system;
    const inputTokens = messageTokens + (system ? estimateTokens(system) + tokensPerMessage : 0);
    const cost = dearest([slot, ...(slot.fallbacks ?? [])], (prices) => worstCostOf(inputTokens, slot.maxOutputTokens, prices));
    return { slot: index, model: slot.model, inputTokens, maxOutputTokens: slot.maxOutputTokens, cost };
  });
  const assessment = assessmentEstimate(plan.assessment, {
    questionTokens: messageTokens + (plan.system ? estimateTokens(plan.system) : 0),
    answerTokens: slots.map((slot) => slot.maxOutputTokens),
    panel: plan.panel.flatMap((slot) => [slot, ...(slot.fallbacks ?? [])]),
  });
  const answersNanos = slots.map((slot) => slot.cost);
  const totalNanos = addKnown([...answersNanos, assessment]);
  return {
    estimate: {
      totalUsd: asMoney(totalNanos),
      perAnswer: slots.map(({ cost, ...slot }) => ({ ...slot, costUsd: asMoney(cost) })),
      assessmentUsd: asMoney(assessment),
    },
    totalNanos,
    answersNanos,
    assessmentNanos: assessment,
  };
}

function asMoney(nanos: Nanos | null): string | null {
  return nanos === null ? null : toMoney(nanos);
}

import { parseModelId } from '@polyphony/contracts';
import type { ModelId, ModelPrices } from '@polyphony/contracts';

/** A model that may be asked in the assessment; without a known price, `prices` is null or left out. */
export interface CandidateModel {
  model: ModelId;
  prices?: ModelPrices | null;
}

/**
 * Who judges: those the request names, else those the operator names, else up to `max` models of this panel that completed
 * their answer, of different providers where possible. Within and between providers the dearer model comes first, as the
 * likelier good judge, then the panel's order. A model judges once, however often it stands on the panel.
 */
export function chooseJudges(request: {
  named?: ModelId[];
  operator?: ModelId[];
  completed: CandidateModel[];
  max?: number;
}): ModelId[] {
  const { named, operator, completed, max = 3 } = request;
  const chosen = named?.length ? named : operator;
  if (chosen?.length) return [...new Set(chosen)];
  const distinct = completed.filter(
    (candidate, index) => completed.findIndex((other) => other.model === candidate.model) === index,
  );
  const dearestFirst = distinct.toSorted((a, b) => (typicalCost(b) ?? -1) - (typicalCost(a) ?? -1));
  const seen = new Set<string>();
  const [firsts, others]: [ModelId[], ModelId[]] = [[], []];
  for (const { model } of dearestFirst) {
    const { provider } = parseModelId(model);
    (seen.has(provider) ? others : firsts).push(model);
    seen.add(provider);
  }
  return [...firsts, ...others].slice(0, max);
}

/** Who summarises or synthesises where nobody is named: the cheapest model with a known price, else the first; null of none. */
export function chooseCheapest(completed: CandidateModel[]): ModelId | null {
  const priced = completed.filter((candidate) => typicalCost(candidate) !== null);
  const [cheapest] = priced.toSorted((a, b) => typicalCost(a)! - typicalCost(b)!);
  return (cheapest ?? completed[0])?.model ?? null;
}

/** For comparing only: assessment calls read about five times as much as they write. */
function typicalCost({ prices }: CandidateModel): number | null {
  return prices ? 5 * prices.input + prices.output : null;
}

/** How often a judge's verdicts on pairs of answers were the same in both orders. */
export interface OrderCounts {
  agree: number;
  total: number;
}

const weightFloor = 0.01;

/**
 * What a judge's vote weighs, from how consistent it has been: the squared log-odds of its order consistency with prior
 * counts 3 of 4. Needs no labels; judges at or below chance keep the floor. Ranking specification, measured on recorded
 * judgements: finds the strong judge of a panel, where agreement with peers does not.
 */
export function consistencyWeight({ agree, total }: OrderCounts): number {
  const consistency = (agree + 3) / (total + 4);
  return Math.max(weightFloor, Math.max(0, Math.log(consistency / (1 - consistency))) ** 2);
}

/**
 * Shares of 1 in proportion to the weights, none above the cap; what is cut off goes to the others in proportion. Where
 * there are too few votes for the cap to be kept, all are equal. All zero when no vote has weight.
 */
export function cappedShares(weights: readonly number[], cap: number): number[] {
  const voting = weights.filter((weight) => weight > 0).length;
  if (voting === 0) return weights.map(() => 0);
  const limit = Math.max(cap, 1 / voting);
  const capped = new Set<number>();
  for (;;) {
    const free = weights.reduce((sum, weight, index) => (capped.has(index) ? sum : sum + weight), 0);
    const shares = weights.map((weight, index) =>
      capped.has(index) ? limit : free > 0 ? (weight / free) * (1 - capped.size * limit) : 0,
    );
    const over = shares.findIndex((share, index) => !capped.has(index) && share > limit + 1e-12);
    if (over < 0) return shares;
    capped.add(over);
  }
}

/** Kish's effective number of votes: as many equal votes carry the same information. */
export function effectiveVotes(weights: readonly number[]): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const squares = weights.reduce((total, weight) => total + weight * weight, 0);
  return squares === 0 ? 0 : (sum * sum) / squares;
}

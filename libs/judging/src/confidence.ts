/**
 * The regularised incomplete beta function I_x(a, b), for a, b > 0 and 0 ≤ x ≤ 1, by Lentz's continued fraction
 * (NIST Digital Library of Mathematical Functions 8.17.22).
 */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return front * fraction;
}

/** ln Γ(z) for z > 0 by Lanczos' approximation (g = 7, 9 terms), good to about 1e-14. */
function logGamma(z: number): number {
  const terms = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const shifted = z - 1;
  const base = shifted + 7.5;
  const series = terms.reduce((sum, term, index) => (index === 0 ? term : sum + term / (shifted + index)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(series);
}

/**
 * How sure it is that the first beats the second: the chance that a Beta(1 + m·P, 1 + m·(1 − P)) lies above one half,
 * where P is the weighted share of votes for the first and m how many independent votes there are in effect.
 */
export function confidenceOf(share: number, votes: number): number {
  return 1 - regularisedBeta(0.5, 1 + votes * share, 1 + votes * (1 - share));
}

export function outcomeOf(confidence: number): 'clear' | 'likely' | 'tossUp' {
  return confidence >= 0.85 ? 'clear' : confidence >= 0.65 ? 'likely' : 'tossUp';
}

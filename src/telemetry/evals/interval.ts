/** 95 % confidence intervals: how far the truth may be from what few samples show. */
export interface Interval {
  mean: number;
  low: number;
  high: number;
  method: "wilson" | "t";
}

const Z = 1.959_964;

/** Of a share: `hits` of `count`, by Wilson's score interval, which is sound for few samples and shares near 0 and 1. */
export function shareInterval(hits: number, count: number): Interval {
  const share = hits / count;
  const spread = Z ** 2 / count;
  const centre = (share + spread / 2) / (1 + spread);
  const half = (Z / (1 + spread)) * Math.sqrt((share * (1 - share)) / count + spread / (4 * count));
  return { mean: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half), method: "wilson" };
}

/** Of a mean of scores between `lowest` and `highest`, by Student's t. One sample says nothing of the spread. */
export function meanInterval(
  { count, sum, sumOfSquares }: { count: number; sum: number; sumOfSquares: number },
  lowest: number,
  highest: number,
): Interval {
  const mean = sum / count;
  if (count < 2) return { mean, low: lowest, high: highest, method: "t" };
  // Rounding may leave a little below zero where all scores are equal.
  const variance = Math.max(0, (sumOfSquares - count * mean ** 2) / (count - 1));
  const half = tValue(count - 1) * Math.sqrt(variance / count);
  return { mean, low: Math.max(lowest, mean - half), high: Math.min(highest, mean + half), method: "t" };
}

/** 97.5 % quantile of Student's t. */
const T_BY_DEGREES = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281];

/** From eleven degrees on by Hill's expansion of the normal quantile: right to three digits. */
function tValue(degrees: number): number {
  const known = T_BY_DEGREES[degrees - 1];
  if (known !== undefined) return known;
  const z3 = Z ** 3;
  return Z + (z3 + Z) / (4 * degrees) + (5 * Z ** 5 + 16 * z3 + 3 * Z) / (96 * degrees ** 2);
}

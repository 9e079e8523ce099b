/** The scale of the picture of bounds, and how much evidence one needs. */

/** Where the scale begins: nobody asks for less. */
const LOWEST_PERCENT = 0.1;
export const TICKS = [0.1, 1, 10, 100] as const;

/** Logarithmic, 0 to 100: from 0.1 % to 1 % is as far as from 10 % to 100 %. */
export function placeOf(percent: number): number {
  const decades = Math.log10(100 / LOWEST_PERCENT);
  return Math.max(0, Math.min(100, (Math.log10(Math.max(percent, LOWEST_PERCENT) / LOWEST_PERCENT) / decades) * 100));
}

/** Chance that a bound is wrong, as the gateway has it. */
const ALPHA = 0.05;

/**
 * How many more right ones bring the Clopper–Pearson bound under the limit; null where wrong ones stand against it, and
 * the number depends on those to come. With none wrong the bound is `1 - α^(1/n)`.
 */
export function rightOnesNeeded(limitPercent: number, verified: number, wrong: number): number | null {
  if (wrong > 0) return null;
  const all = Math.ceil(Math.log(ALPHA) / Math.log(1 - limitPercent / 100) - 1e-9);
  return all > verified ? all - verified : null;
}

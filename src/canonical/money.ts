/**
 * Money is integer nano-USD everywhere inside; people and headers see decimal strings of USD, exact and without an
 * exponent, so that nothing is lost to floating point on the way out.
 */
const NANO_PER_USD = 1_000_000_000;
const FRACTION_DIGITS = 9;

/** `1234500` -> `"0.0012345"`. Takes a safe integer; a negative amount keeps its sign. */
export function formatUsd(nanoUsd: number): string {
  if (!Number.isSafeInteger(nanoUsd)) throw new RangeError(`not a whole number of nano-USD: ${nanoUsd}`);
  const sign = nanoUsd < 0 ? "-" : "";
  const amount = Math.abs(nanoUsd);
  const whole = Math.floor(amount / NANO_PER_USD);
  const rest = amount % NANO_PER_USD;
  if (rest === 0) return `${sign}${whole}`;
  let digits = String(rest).padStart(FRACTION_DIGITS, "0");
  while (digits.endsWith("0")) digits = digits.slice(0, -1);
  return `${sign}${whole}.${digits}`;
}

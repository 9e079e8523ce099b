/** USD as written to integer nano-USD, exactly: the decimal text is shifted, nothing is multiplied. */

/** Decimal places of a nano-USD. */
export const USD_DECIMALS = 9;

/**
 * @returns undefined when the amount has more than nine decimal places, is negative, or does not fit an exact integer
 * (about 9 million USD).
 */
export function toNanoUsd(usd: number): number | undefined {
  // The shortest decimal that reads back as the same number: for what a person typed, what they typed.
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(usd));
  if (!match) return undefined;
  const [, whole = "", fraction = "", exponent = "0"] = match;
  const shift = USD_DECIMALS + Number(exponent) - fraction.length;
  const digits = `${whole}${fraction}`;
  if (shift < 0 && /[1-9]/.test(digits.slice(shift))) return undefined;
  const nano = Number(shift < 0 ? digits.slice(0, shift) || "0" : digits + "0".repeat(shift));
  return Number.isSafeInteger(nano) ? nano : undefined;
}

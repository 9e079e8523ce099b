import type { Random } from "../canonical/deps.ts";

const BASE_MS = 250;
const CAP_MS = 5_000;

/** Full jitter, `U(0, min(cap, base * 2^n))`: spreads the repeats of many callers best (FIELD-NOTES §2). */
export function backoffMs(repeats: number, random: Random): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** repeats);
}

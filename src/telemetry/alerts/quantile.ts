/** Quantiles of durations over the last while, within 2.5 %: counts in bins of which each is 5 % wider than the last. */
import { createWindow } from "./window.ts";

export interface QuantileWindow {
  add(valueMs: number, nowMs: number): void;
  /** Undefined where nothing was added. */
  quantile(share: number, nowMs: number): number | undefined;
}

const GROWTH = 1.05;
const LOG_GROWTH = Math.log(GROWTH);
/** The last bin begins at ten minutes, where every call has ended. */
const BINS = Math.ceil(Math.log(600_000) / LOG_GROWTH) + 1;

export function createQuantileWindow(spanMs: number, smallestBucketMs: number): QuantileWindow {
  const window = createWindow(spanMs, BINS, smallestBucketMs);
  return {
    add: (valueMs, nowMs) => window.add(binOf(valueMs), 1, nowMs),
    quantile(share, nowMs) {
      const counts = window.sums(nowMs);
      const total = counts.reduce((sum, count) => sum + count, 0);
      if (total === 0) return undefined;
      let left = Math.ceil(total * share);
      for (const [bin, count] of counts.entries()) {
        left -= count;
        if (left <= 0) return bin === 0 ? 1 : GROWTH ** (bin - 0.5);
      }
      return undefined;
    },
  };
}

/** Bin 0 holds all up to a millisecond, bin n what lies between 1.05^(n-1) and 1.05^n. */
function binOf(valueMs: number): number {
  return valueMs <= 1 ? 0 : Math.min(BINS - 1, Math.ceil(Math.log(valueMs) / LOG_GROWTH));
}

/** The ways to decide that are compared: how likely each serves a pair, from 0 to 1. */
import { JUDGE_MIN_COSINE, MIN_COSINE, strictRule } from "../../src/cache/decide.ts";
import type { Measured } from "./pairs.ts";

/** The simulated judge is wrong about this share of what it is asked. */
export const JUDGE_ERROR = 0.02;

export interface Way {
  name: string;
  /** Chance that the answer to one is served for the other. */
  serves(pair: Measured): number;
}

export function cosineOnly(threshold: number): Way {
  return { name: `cosine ≥ ${threshold.toFixed(2)} alone`, serves: ({ cosine }) => Number(cosine >= threshold) };
}

export function ladder(level: number, threshold: number): Way {
  return {
    name: `level ${level}, cosine ≥ ${threshold.toFixed(2)}`,
    serves: (pair) => Number(pair.level >= level && pair.cosine >= threshold),
  };
}

export const canonicalOnly: Way = {
  name: "canonical key alone (no model)",
  serves: (pair) => Number(pair.eligible && pair.canonical),
};

export const on: Way = {
  name: `**on** (all guards, cosine ≥ ${MIN_COSINE.toFixed(2)})`,
  serves: (pair) => Number(pair.eligible && (pair.canonical || strictRule(pair))),
};

/** The judge's errors are counted as chances, not drawn, so that the figures do not depend on luck. */
export const onWithJudge: Way = {
  name: `**on with a judge** that errs on ${100 * JUDGE_ERROR} %`,
  serves(pair) {
    if (on.serves(pair) === 1) return 1;
    if (!pair.eligible || pair.level < 2 || pair.cosine < JUDGE_MIN_COSINE) return 0;
    return pair.same ? 1 - JUDGE_ERROR : JUDGE_ERROR;
  },
};

export const WAYS: readonly Way[] = [
  cosineOnly(0.8),
  cosineOnly(0.9),
  cosineOnly(0.95),
  canonicalOnly,
  ladder(4, 0.9),
  ladder(5, 0.9),
  on,
  onWithJudge,
];

/** Share of some pairs that is served, in per cent; undefined without pairs. */
export function servedPercent(pairs: readonly Measured[], way: Way): number | undefined {
  if (pairs.length === 0) return undefined;
  return (100 * pairs.reduce((sum, pair) => sum + way.serves(pair), 0)) / pairs.length;
}

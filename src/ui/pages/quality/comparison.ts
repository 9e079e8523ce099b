/** The preferred target's answers beside those of a fallback: only intervals that lie apart are a difference. */
import type { ScoreRow } from "./types.ts";

/** What the API calls users' feedback among the evals. */
export const FEEDBACK = "user feedback";

export interface Comparison {
  name: string;
  preferred: ScoreRow | undefined;
  fallback: ScoreRow | undefined;
}

export type Verdict = "worse" | "better" | "alike" | "nothing to compare";

export function comparisonsOf(rows: readonly ScoreRow[]): Comparison[] {
  return [...new Set(rows.map((row) => row.eval))].map((name) => {
    const of = (failover: boolean) => rows.find((row) => row.eval === name && row.failover === failover);
    return { name, preferred: of(false), fallback: of(true) };
  });
}

export function verdictOf({ preferred, fallback }: Comparison): Verdict {
  if (!preferred || !fallback) return "nothing to compare";
  if (fallback.ci_high < preferred.ci_low) return "worse";
  return fallback.ci_low > preferred.ci_high ? "better" : "alike";
}

/** The one with the largest drop, else the first. */
export function worstOf(comparisons: readonly Comparison[]): Comparison | undefined {
  const drop = ({ name, preferred, fallback }: Comparison) =>
    preferred && fallback ? (preferred.mean - fallback.mean) / spanOf(name) : Number.NEGATIVE_INFINITY;
  return comparisons.toSorted((a, b) => drop(b) - drop(a))[0];
}

/** Scores go from 0 to 1, feedback from -1 to 1. */
export function lowestOf(name: string): -1 | 0 {
  return name === FEEDBACK ? -1 : 0;
}

function spanOf(name: string): number {
  return 1 - lowestOf(name);
}

/** 0.9712 → `0.97`, with a sign where a score may be below zero. */
export function scoreText(name: string, score: number): string {
  // Not −0.00.
  const text = (Math.round(score * 100) / 100 || 0).toFixed(2);
  return lowestOf(name) < 0 && score > 0 ? `+${text}` : text.replace("-", "−");
}

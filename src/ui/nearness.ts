/** Who is near a limit. */
import type { Budget } from "./api/types.ts";
import { shareOf } from "./format.ts";

const NEAR = 0.8;

/** What is spent and what running calls hold, of the limit. A limit of nothing is used up. */
export function usedShare({ spent_usd, reserved_usd, limit_usd }: Budget): number {
  return (shareOf(spent_usd, limit_usd) ?? 1) + (shareOf(reserved_usd, limit_usd) ?? 0);
}

/** The same, but at least 1 where the last call was refused: what is left is too little for calls as they come. */
export function nearness(budget: Budget): number {
  return budget.refused_at === null ? usedShare(budget) : Math.max(1, usedShare(budget));
}

export function isNear(budget: Budget): boolean {
  return nearness(budget) >= NEAR;
}

/** The nearest first. */
export function byNearness(a: Budget, b: Budget): number {
  return nearness(b) - nearness(a) || usedShare(b) - usedShare(a);
}

/**
 * A strategy orders a route's targets for one call; the router then goes down that order. Every strategy returns all
 * targets: what it puts last is still tried when everything before it failed.
 */
import type { Target } from "../canonical/attempt.ts";

export interface WeightedTarget {
  target: Target;
  /** Positive; share of first tries under `weighted`. */
  weight: number;
}

export type StrategyName = "fallback" | "weighted" | "round-robin";

/** One per route: keeps the turn counters of its route. */
export type Strategy = () => readonly WeightedTarget[];

export function createStrategy(name: StrategyName, targets: readonly WeightedTarget[]): Strategy {
  switch (name) {
    case "fallback":
      return () => targets;
    case "weighted": {
      const pick = smoothWeighted(targets);
      return () => startingAt(targets, pick());
    }
    case "round-robin": {
      let turn = -1;
      return () => {
        turn = (turn + 1) % targets.length;
        return startingAt(targets, turn);
      };
    }
    default:
      return name satisfies never;
  }
}

/**
 * Smooth weighted round-robin (as nginx does it): exact shares over every cycle, without bursts on the heaviest.
 * Returns the index of the next choice.
 */
export function smoothWeighted(items: readonly { weight: number }[]): (usable?: (index: number) => boolean) => number {
  const current = new Array<number>(items.length).fill(0);
  return (usable) => {
    let total = 0;
    let best = -1;
    for (let i = 0; i < items.length; i++) {
      if (usable && !usable(i)) continue;
      const weight = items[i]!.weight;
      total += weight;
      current[i] = current[i]! + weight;
      if (best < 0 || current[i]! > current[best]!) best = i;
    }
    if (best >= 0) current[best] = current[best]! - total;
    return best;
  };
}

function startingAt<T>(items: readonly T[], first: number): readonly T[] {
  return first === 0 ? items : [...items.slice(first), ...items.slice(0, first)];
}

/**
 * A strategy orders a route's targets for one call; the router then goes down that order. Every strategy returns all
 * targets: what it puts last is still tried when everything before it failed. The order is a pure function of what is
 * written down in the ranking, so that a recorded decision can be taken again.
 */
import type { Target } from "../canonical/attempt.ts";
import type { Demand } from "./demand.ts";
import { type Ranking, rank } from "./rank.ts";

export interface WeightedTarget {
  target: Target;
  /** Positive; share of first tries under `weighted`, of the load under `latency` and `least-busy`. */
  weight: number;
}

export type StrategyName = "fallback" | "weighted" | "round-robin" | "latency" | "cost" | "least-busy";

/** What is known about targets at the moment of a decision. */
export interface Scorer {
  /** Milliseconds to first content × (calls in flight + 1). */
  load(target: Target): number;
  inFlight(target: Target): number;
  /** Estimated nano-USD of such a call there; null without a known price. */
  costNanoUsd(target: Target, demand: Demand): number | null;
}

/** What one call brings to the decision. */
export interface OrderInputs {
  /** Unsigned 32-bit; whatever is left to chance comes from it. */
  seed: number;
  affinity: number | undefined;
  demand: Demand;
}

export interface Ordered {
  targets: readonly WeightedTarget[];
  ranking: Ranking;
}

/** One per route: keeps the turn counters of its route. */
export type Strategy = (scorer: Scorer, inputs: OrderInputs) => Ordered;

export function createStrategy(name: StrategyName, targets: readonly WeightedTarget[]): Strategy {
  const names = targets.map(({ target }) => target.name);
  const weights = targets.map(({ weight }) => weight);
  const nextTurn = turnsOf(name, targets);
  const asWritten: Ordered = { targets, ranking: { strategy: name, names, weights, seed: 0, order: undefined } };
  const scoresOf = scoring(name, targets);

  return (scorer, { seed, affinity, demand }) => {
    if (targets.length === 1 || name === "fallback") return asWritten;
    const close = name === "cost" ? undefined : affinity;
    const ranking: Ranking = { strategy: name, names, weights, seed, order: undefined };
    if (close === undefined && nextTurn) ranking.turn = nextTurn();
    else ranking.scores = scoresOf(scorer, demand);
    if (close !== undefined) ranking.affinity = close;
    ranking.order = rank(ranking);
    return { targets: ranking.order.map((index) => targets[index]!), ranking };
  };
}

function turnsOf(name: StrategyName, targets: readonly WeightedTarget[]): (() => number) | undefined {
  if (name === "weighted") {
    const pick = smoothWeighted(targets);
    return () => pick();
  }
  if (name !== "round-robin") return undefined;
  let turn = -1;
  return () => {
    turn = (turn + 1) % targets.length;
    return turn;
  };
}

function scoring(
  name: StrategyName,
  targets: readonly WeightedTarget[],
): (scorer: Scorer, demand: Demand) => (number | null)[] {
  switch (name) {
    case "cost":
      return (scorer, demand) => targets.map(({ target }) => scorer.costNanoUsd(target, demand));
    case "least-busy":
      return (scorer) => targets.map(({ target, weight }) => (scorer.inFlight(target) + 1) / weight);
    case "latency":
      return (scorer) => targets.map(({ target, weight }) => scorer.load(target) / weight);
    case "weighted":
    case "round-robin":
    case "fallback":
      return (scorer) => targets.map(({ target }) => scorer.load(target));
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

/** The order in which one call tries a route's targets: pure, from what was known when it was decided. */
import type { DecisionInputs } from "../canonical/record.ts";
import { rendezvous } from "./affinity.ts";
import type { StrategyName } from "./strategies.ts";

/** The inputs of a decision, and the order they gave. */
export interface Ranking extends DecisionInputs {
  strategy: StrategyName;
  /** Unsigned 32-bit. */
  seed: number;
  /** Indexes into `names`; undefined: as written. */
  order: readonly number[] | undefined;
}

/** The warm target is left only for one with less than half its load (FIELD-NOTES §2). */
const AFFINITY_LOAD_FACTOR = 2;

export function rank({
  strategy,
  names,
  weights,
  scores,
  turn,
  affinity,
  seed,
}: Omit<Ranking, "order">): readonly number[] {
  const count = names.length;
  if (turn !== undefined) return startingAt(count, turn);
  const score = (index: number) => scores?.[index] ?? Number.POSITIVE_INFINITY;
  if (affinity !== undefined) {
    const home = rendezvous(affinity, names, weights);
    const other = (home + 1 + (seed % (count - 1))) % count;
    const leaves = score(home) > AFFINITY_LOAD_FACTOR * score(other);
    return leadBy(leaves ? [other, home] : [home, other], count, score);
  }
  switch (strategy) {
    case "latency": {
      const first = seed % count;
      const second = (first + 1 + (Math.floor(seed / count) % (count - 1))) % count;
      return leadBy(score(second) < score(first) ? [second, first] : [first, second], count, score);
    }
    case "cost":
      return leadBy([], count, score);
    case "least-busy": {
      // Equally busy ones take turns by chance: sorting is stable, so the order before it decides.
      const shuffled = startingAt(count, seed % count);
      return shuffled.toSorted((a, b) => score(a) - score(b));
    }
    case "fallback":
    case "weighted":
    case "round-robin":
      return startingAt(count, 0);
    default:
      return strategy satisfies never;
  }
}

/** `leaders` first, then the others by score. */
function leadBy(leaders: readonly number[], count: number, score: (index: number) => number): number[] {
  const rest: number[] = [];
  for (let index = 0; index < count; index++) if (!leaders.includes(index)) rest.push(index);
  return [...leaders, ...rest.sort((a, b) => compare(score(a), score(b)))];
}

/** Two unknown prices are equal; their difference would be NaN. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function startingAt(count: number, first: number): number[] {
  return Array.from({ length: count }, (_, index) => (first + index) % count);
}

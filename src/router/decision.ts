/** A decision as plain data, to be shown and to be taken again. */
import type { Decision } from "../canonical/record.ts";
import type { Ranking } from "./rank.ts";
import type { Route } from "./routes.ts";
import type { Choice } from "./selection.ts";
import type { OrderInputs } from "./strategies.ts";

export interface DecisionBasis {
  route: Route;
  inputs: OrderInputs;
  rankings: readonly Ranking[];
}

/** @param atMs milliseconds from the call's start. */
export function decisionOf(
  { route, inputs, rankings }: DecisionBasis,
  candidates: Decision["candidates"],
  choice: Choice | undefined,
  atMs: number,
): Decision {
  const decision: Decision = {
    strategy: route.strategy,
    seed: inputs.seed,
    atMs,
    inputs: rankings.map(({ strategy, names, weights, scores, turn, affinity }) => ({
      strategy,
      names,
      weights,
      ...(scores && { scores }),
      ...(turn !== undefined && { turn }),
      ...(affinity !== undefined && { affinity }),
    })),
    candidates,
  };
  if (choice) {
    const { candidate, key, kind, waitMs } = choice;
    decision.chosen = { target: candidate.target.name, key: key.name, kind, waitMs };
  }
  return decision;
}

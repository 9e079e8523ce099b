/** A router's decision as the admin API shows it. */
import type { Decision } from "../../canonical/record.ts";

export function decisionJson({ strategy, seed, atMs, inputs, candidates, chosen }: Decision): Record<string, unknown> {
  return {
    strategy,
    seed,
    ...(atMs !== undefined && { at_ms: atMs }),
    ...(inputs && { inputs }),
    candidates: candidates.map(({ target, key, weight, inFlight, skipped }) => ({
      target,
      ...(key !== undefined && { key }),
      ...(weight !== undefined && { weight }),
      ...(inFlight !== undefined && { in_flight: inFlight }),
      ...(skipped !== undefined && { skipped }),
    })),
    ...(chosen && {
      chosen: { target: chosen.target, key: chosen.key, kind: chosen.kind, wait_ms: chosen.waitMs },
    }),
  };
}

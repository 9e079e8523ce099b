import type { CacheParts } from "./cache.ts";
import type { Cell } from "./evidence.ts";
import type { Namespace } from "./pools.ts";

/** Counts a hit of which it is now known whether it was right; serving stops where too many were not. */
export function countVerified(
  { pools, totals, deps }: Pick<CacheParts, "pools" | "totals" | "deps">,
  { namespace, cell, wrong, whileServing }: { namespace: Namespace; cell: Cell; wrong: boolean; whileServing: boolean },
): void {
  totals.verified(wrong);
  deps.onVerified(wrong ? "wrong" : "right");
  const drifted = pools.add(namespace, cell, { wrong, whileServing, atMs: deps.clock.now() });
  if (!drifted) return;
  deps.onVerified("drift");
  const { model, who } = namespace;
  deps.log("warn", "The semantic cache has switched itself off here: too many wrong hits. It begins to learn anew.", {
    model,
    who,
  });
}

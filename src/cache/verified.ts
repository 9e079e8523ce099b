import type { CacheParts } from "./cache.ts";
import type { Cell } from "./evidence.ts";
import type { Namespace } from "./pools.ts";

const ENDED = {
  drift: "The semantic cache has switched itself off here: too many wrong hits of late. It begins to learn anew.",
  stopped: "The semantic cache serves nothing here any more: the evidence no longer bears it. With more it may resume.",
};

/** Counts a hit of which it is now known whether it was right; serving stops where too many were not. */
export function countVerified(
  { pools, totals, deps }: Pick<CacheParts, "pools" | "totals" | "deps">,
  { namespace, cell, wrong, whileServing }: { namespace: Namespace; cell: Cell; wrong: boolean; whileServing: boolean },
): void {
  totals.verified(wrong);
  deps.onVerified(wrong ? "wrong" : "right");
  const ended = pools.add(namespace, cell, { wrong, whileServing, atMs: deps.clock.now() });
  if (!ended) return;
  deps.onVerified(ended);
  const { model, who } = namespace;
  deps.log("warn", ENDED[ended], { model, who });
}

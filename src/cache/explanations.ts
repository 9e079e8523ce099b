/** Why recent look-ups ended as they did: for explain, and to know what a report of a wrong hit is about. */
import type { CacheDecision } from "../canonical/record.ts";
import type { Considered } from "./decide.ts";
import type { Cell } from "./evidence.ts";
import type { Namespace } from "./pools.ts";
import type { Verdict } from "./same-answer.ts";

export interface Explanation {
  requestId: string;
  atMs: number;
  model: string;
  keyId: string;
  team: string | null;
  mode: "exact" | "shadow" | "verified" | "on";
  /** The exact key. */
  key: string;
  status: CacheDecision["status"];
  /** Why nothing was served, or not looked for by meaning. */
  reason?: string;
  /** Neighbours in order of their cosine. */
  considered: Considered[];
  /** The entry that was served. */
  served?: { id: string; score?: number; namespace?: Namespace; cell?: Cell };
  judge?: { id: string; yes: boolean };
  /** What comparing a neighbour's answer with the fresh one showed. */
  verified?: Verdict & { id: string; cell: Cell };
}

export interface Explanations {
  add(explanation: Explanation): void;
  get(requestId: string): Explanation | undefined;
}

/** About 10 MB. */
const MAX_KEPT = 10_000;

export function createExplanations(max = MAX_KEPT): Explanations {
  const kept = new Map<string, Explanation>();
  return {
    add(explanation) {
      kept.set(explanation.requestId, explanation);
      if (kept.size > max) kept.delete(kept.keys().next().value!);
    },
    get: (requestId) => kept.get(requestId),
  };
}

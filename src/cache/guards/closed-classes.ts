import type { WordKind } from "../parse/clause.ts";
import { type Guard, keysOf } from "./guard.ts";

const CLASSES: readonly WordKind[] = ["pronoun", "quantifier", "comparator", "modal"];

/** Person, quantity, comparison, direction and necessity are told by few words: each must be there on both sides. */
export const closedClasses: Guard = (a, b) => {
  for (const kind of CLASSES) {
    const ofA = keysOf(a, kind).sort();
    const ofB = keysOf(b, kind).sort();
    if (ofA.join(" ") !== ofB.join(" ")) return `${kind}: ${ofA.join(" ") || "none"} / ${ofB.join(" ") || "none"}`;
  }
  return undefined;
};

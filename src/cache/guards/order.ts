import type { Word } from "../parse/clause.ts";
import { allWords, type Guard } from "./guard.ts";

/** Shared words must come in the same order: from A to B is not from B to A, and who does what to whom matters. */
export const order: Guard = (a, b) => {
  const keysA = allWords(a)
    .filter(counts)
    .map(({ key }) => key);
  const keysB = allWords(b)
    .filter(counts)
    .map(({ key }) => key);
  const inB = new Set(keysB);
  const inA = new Set(keysA);
  const sharedA = keysA.filter((key) => inB.has(key));
  const sharedB = keysB.filter((key) => inA.has(key));
  const at = sharedA.findIndex((key, i) => key !== sharedB[i]);
  if (at < 0 && sharedA.length === sharedB.length) return undefined;
  return `order: ${sharedA.slice(Math.max(at, 0)).join(" ")} / ${sharedB.slice(Math.max(at, 0)).join(" ")}`;
};

function counts(word: Word): boolean {
  return word.kind !== "grammar" && word.kind !== "pronoun";
}

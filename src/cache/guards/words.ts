import type { Clause } from "../parse/clause.ts";
import { isExplained } from "./explained.ts";
import type { Guard } from "./guard.ts";

/** Every word of one side stands for the word in the same place on the other side. Nothing is left over. */
export const words: Guard = (a, b, lexicon) => {
  if (!a.english || !b.english) return a.canonical === b.canonical ? undefined : "not English: only equal texts match";
  if (a.clauses.length !== b.clauses.length) return "another number of sentences";
  for (const [i, clause] of a.clauses.entries()) {
    const other = b.clauses[i] as Clause;
    if (clause.words.length !== other.words.length) return `left over: ${leftOver(clause, other)}`;
    const at = clause.words.findIndex((word, j) => !isExplained(word, other.words[j]!, lexicon));
    if (at >= 0) return `unexplained: ${clause.words[at]!.key} / ${other.words[at]!.key}`;
  }
  return undefined;
};

function leftOver(a: Clause, b: Clause): string {
  const [longer, shorter] = a.words.length > b.words.length ? [a, b] : [b, a];
  const keys = new Set(shorter.words.map(({ key }) => key));
  return longer.words
    .filter(({ key }) => !keys.has(key))
    .map(({ key }) => key)
    .join(" ");
}

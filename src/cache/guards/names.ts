import { isSlip } from "./explained.ts";
import { allWords, type Guard, unshared } from "./guard.ts";

/** A name or a rare word on one side only changes what the question is about. A misspelling of a known word does not. */
export const names: Guard = (a, b, lexicon) => {
  const { onlyA, onlyB } = unshared(allWords(a), allWords(b), (word) => word.key);
  for (const [mine, others] of [
    [onlyA, onlyB],
    [onlyB, onlyA],
  ] as const) {
    const foreign = mine.find((word) => word.name && !others.some((other) => isSlip(word, other, lexicon)));
    if (foreign) return `name or rare word: ${foreign.key}`;
  }
  return undefined;
};

import { allWords, type Guard, unshared } from "./guard.ts";

const NEGATING_PREFIX = /^(un|in|im|il|ir|non|dis|de|mis|anti|a)/;

/** No two differing words may be opposites: enable / disable, legal / illegal. */
export const antonyms: Guard = (a, b, lexicon) => {
  const { onlyA, onlyB } = unshared(allWords(a), allWords(b), (word) => word.key);
  for (const { key: one } of onlyA) {
    for (const { key: other } of onlyB) {
      const x = one.replace(/·.*/, "");
      const y = other.replace(/·.*/, "");
      if (lexicon.areAntonyms(x, y) || negates(x, y) || negates(y, x)) return `opposites: ${one} / ${other}`;
    }
  }
  return undefined;
};

function negates(long: string, short: string): boolean {
  return long !== short && long.endsWith(short) && short.length > 2 && long.replace(NEGATING_PREFIX, "") === short;
}

import type { Lexicon } from "../lexicon/lexicon.ts";
import { isKnown } from "./known.ts";
import { FOREIGN_WORDS, FUNCTION_WORDS } from "./vocabulary.ts";

/** How much of a text must be English words for the rules of English to be used on it. */
const MIN_KNOWN = 0.5;

/** Whether a text is English. In doubt it is not: then only equal texts are equal. `words` are lower-case. */
export function isEnglish(words: readonly string[], lexicon: Lexicon): boolean {
  const letters = words.filter((word) => /\p{L}/u.test(word));
  if (letters.length === 0) return false;
  let english = 0;
  let foreign = 0;
  let known = 0;
  for (const word of letters) {
    if (FOREIGN_WORDS.has(word) && !FUNCTION_WORDS.has(word)) foreign += 1;
    else if (FUNCTION_WORDS.has(word)) english += 1;
    if (/^[a-z']+$/.test(word) && isKnown(word, lexicon)) known += 1;
    // Scripts of which English uses no letter.
    if (/[^\p{Script=Latin}\p{M}'’-]/u.test(word.replace(/[\d\p{P}\p{S}]/gu, ""))) return false;
  }
  return foreign <= english / 2 && known >= MIN_KNOWN * letters.length;
}

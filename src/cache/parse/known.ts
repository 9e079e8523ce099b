import type { Lexicon } from "../lexicon/lexicon.ts";
import { slips } from "./slips.ts";
import { oneSpelling } from "./spelling.ts";
import { stem } from "./stem.ts";
import { REPRESENTATIVE } from "./synonyms.ts";
import { CORRECTABLE, FUNCTION_WORDS, TECHNICAL_WORDS } from "./vocabulary.ts";

/** Whether a lower-case word, in any of its forms, is one that people write on purpose. */
export function isKnown(word: string, lexicon: Lexicon): boolean {
  if (FUNCTION_WORDS.has(word) || TECHNICAL_WORDS.has(word) || REPRESENTATIVE.has(word) || lexicon.isWord(word))
    return true;
  const spelt = oneSpelling(word);
  const { base } = stem(spelt, lexicon);
  return lexicon.isWord(base) || lexicon.isWord(spelt) || lexicon.isName(word) || REPRESENTATIVE.has(base);
}

/** Whether a lower-case word is a form of a word in the dictionary that is written in lower case. */
export function isDictionaryWord(word: string, lexicon: Lexicon): boolean {
  const spelt = oneSpelling(word);
  return lexicon.isWord(spelt) || lexicon.isWord(stem(spelt, lexicon).base);
}

/** Whether a lower-case word is a form of a word of everyday English. */
export function isCommonWord(word: string, lexicon: Lexicon): boolean {
  const spelt = oneSpelling(word);
  return FUNCTION_WORDS.has(word) || lexicon.isCommon(spelt) || lexicon.isCommon(stem(spelt, lexicon).base);
}

/** The word of grammar that a misspelt word was meant to be, or the word itself. */
export function corrected(word: string, before: string | undefined, lexicon: Lexicon): string {
  if (word === "dose" && /^(how|what|why|when|where|who)$/.test(before ?? "")) return "does";
  if (!/^[a-z]{3,}$/.test(word) || isKnown(word, lexicon)) return word;
  const meant = [...CORRECTABLE].filter((candidate) => candidate.length > 3 && slips(word, candidate, 1) === 1);
  return meant.length === 1 ? meant[0]! : word;
}

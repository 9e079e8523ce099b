import type { Lexicon } from "../lexicon/lexicon.ts";
import type { Word } from "../parse/clause.ts";
import { isCommonWord, isDictionaryWord, isKnown } from "../parse/known.ts";
import { slips } from "../parse/slips.ts";

/** Shorter words are too close to each other for a slip to be told from another word. */
const MIN_SLIP_LETTERS = 4;
/** From this length on two slips still leave no doubt. */
const MIN_TWO_SLIPS_LETTERS = 8;

/** Whether two words stand for the same: equal, synonyms, or one a misspelling of the other. */
export function isExplained(a: Word, b: Word, lexicon: Lexicon): boolean {
  if (a.key === b.key) return a.kind === b.kind;
  if (a.kind !== "content" || b.kind !== "content") return false;
  return (!a.exact && !b.exact && isSynonym(a.key, b.key, lexicon)) || isSlip(a, b, lexicon);
}

function isSynonym(a: string, b: string, lexicon: Lexicon): boolean {
  const [baseA, endingA] = a.split("·") as [string, string?];
  const [baseB, endingB] = b.split("·") as [string, string?];
  return endingA === endingB && lexicon.areSynonyms(baseA, baseB);
}

/**
 * Exactly one of the two is a word of English, and the other is none in any form and no name: two known words one
 * letter apart (dessert, desert) are two words, and so may two unknown ones be (Hansen, Hanson).
 */
export function isSlip(a: Word, b: Word, lexicon: Lexicon): boolean {
  if (a.kind !== "content" || b.kind !== "content") return false;
  const writtenA = a.written ?? a.key;
  const writtenB = b.written ?? b.key;
  if (!/^[a-z]+$/.test(writtenA) || !/^[a-z]+$/.test(writtenB)) return false;
  const knownA = isKnown(writtenA, lexicon);
  if (knownA === isKnown(writtenB, lexicon)) return false;
  const [known, unknown] = knownA ? [writtenA, writtenB] : [writtenB, writtenA];
  // A capitalised word that nobody knows is a name (Kafko); one letter from a name is another name (Kenia).
  if ((knownA ? b : a).capital || !isDictionaryWord(known, lexicon)) return false;
  const shorter = Math.min(known.length, unknown.length);
  if (shorter < MIN_SLIP_LETTERS || Math.max(known.length, unknown.length) <= MIN_SLIP_LETTERS) return false;
  // Names are made by another ending (Prisma, Marino); and a rare word is hardly what was meant.
  if (unknown.length >= known.length && unknown.slice(0, -1) === known.slice(0, unknown.length - 1)) return false;
  if (shorter < MIN_TWO_SLIPS_LETTERS && !isCommonWord(known, lexicon)) return false;
  const allowed = shorter >= MIN_TWO_SLIPS_LETTERS ? 2 : 1;
  return sameStart(known, unknown) && slips(known, unknown, allowed) <= allowed;
}

/** Hardly anybody misses the first letter. */
function sameStart(a: string, b: string): boolean {
  return a[0] === b[0] || (a[0] === b[1] && a[1] === b[0]);
}

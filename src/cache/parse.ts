/**
 * What a question says, apart from how it says it. Two questions with the same canonical form mean the same; the guards
 * compare the parts where the forms differ. Rules for English only: of other languages, and of long texts, nothing is
 * folded but spaces and a final mark.
 */
import { createHash } from "node:crypto";
import type { Lexicon } from "./lexicon/lexicon.ts";
import { type Clause, toClause, verbatimClause } from "./parse/clause.ts";
import { withoutCourtesy } from "./parse/courtesy.ts";
import { frame, topicLast } from "./parse/frames.ts";
import { corrected } from "./parse/known.ts";
import { isEnglish } from "./parse/language.ts";
import { oneNumberFormat } from "./parse/numbers.ts";
import { payloadStart } from "./parse/payload.ts";
import { onePhrase } from "./parse/phrases.ts";
import { oneSpelling } from "./parse/spelling.ts";
import { LITERAL, split } from "./parse/split.ts";

/** Parses by other rules never match: count it up with every change of a rule or of the lexicon. */
const PARSE_VERSION = 1;
/** Beyond this many words a text is a document: rules made for questions would fold what matters in it. */
const MAX_WORDS = 60;

export interface Question {
  /** Of the rules it was parsed by: a stored parse of another version must be made again. */
  version: number;
  /** Words of grammar and content were understood; otherwise only `canonical` says anything. */
  english: boolean;
  clauses: Clause[];
  /** Equal if and only if the questions mean the same by the rules of this file. */
  canonical: string;
}

export function parseQuestion(text: string, lexicon: Lexicon): Question {
  const plain = text
    .normalize("NFKC")
    .replace(/[‘’‛]/g, "'")
    .replace(/[“”„«»]/g, '"')
    .trim();
  const { head, payload } = payloadStart(plain);
  const { sentences, names } = split(head);
  const words = sentences.flatMap((sentence) => sentence.words);
  const own = words.filter((word) => !word.startsWith(LITERAL) && !names.has(word));
  if (words.length > MAX_WORDS || !isEnglish(own, lexicon)) return verbatim(plain, words);
  const clauses: Clause[] = [];
  for (const sentence of sentences) {
    const clause = readSentence(sentence.words, names, lexicon);
    if (clause) clauses.push(clause);
  }
  if (payload !== undefined) {
    clauses.push({ frame: "payload", tense: "", words: [{ key: payload, kind: "literal", name: false }] });
  }
  if (clauses.length === 0) return verbatim(plain, words);
  return { version: PARSE_VERSION, english: true, clauses, canonical: digest(JSON.stringify(clauses.map(clauseKey))) };
}

/** One sentence, or undefined when it is nothing but courtesy. */
function readSentence(words: readonly string[], names: ReadonlySet<string>, lexicon: Lexicon): Clause | undefined {
  // Of words as words nothing may be folded: "colour" has six letters, "buy" rhymes with "my".
  const aboutWords = words.some((word) => WORD_PLAY.test(word));
  const spelt = words.map((word, i) => {
    if (aboutWords || word.startsWith(LITERAL) || names.has(word)) return word;
    return oneSpelling(corrected(word, words[i - 1], lexicon));
  });
  const sentence = onePhrase(oneNumberFormat(spelt).join(" "));
  const bare = withoutCourtesy(sentence);
  if (bare === "") return undefined;
  return toClause(frame(topicLast(bare)), { names, lexicon, aboutWords });
}

const WORD_PLAY =
  /^(spell|spells|spelled|spelt|spelling|pronounce|pronounced|pronunciation|rhyme|rhymes|synonyms?|antonyms?|opposite|plural|singular|tense|participle|syllables?|letters|vowels?|consonants?|conjugate|decline|anagrams?|palindromes?|noun|verb|adjective|adverb|etymology|words?)$/;

/** "Please" in the languages where it is one word of its own that never means anything else. */
const POLITE =
  /\s(?:,\s)?(?:bitte|s'il vous pla[iî]t|s'il te pla[iî]t|por favor|per favore|alstublieft|alsjeblieft)(?=[\s,.?!]|$)|^请问/giu;

function clauseKey(clause: Clause): unknown[] {
  return [clause.frame, clause.tense, ...clause.words.map((word) => word.key)];
}

function verbatim(text: string, words: readonly string[]): Question {
  const folded = text
    .replace(POLITE, " ")
    .replace(/\s+/g, " ")
    .replace(/\s*[.?!。？！]+$/u, "")
    .replace(/^[¿¡]/, "")
    .trim();
  const first = folded.slice(0, 1).toLowerCase() + folded.slice(1);
  return {
    version: PARSE_VERSION,
    english: false,
    clauses: [verbatimClause(words)],
    canonical: digest(`verbatim ${first}`),
  };
}

function digest(text: string): string {
  return createHash("sha256").update(`${PARSE_VERSION} ${text}`).digest("hex");
}

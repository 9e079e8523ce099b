import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import path from "./lexicon.br" with { type: "file" };

/** What the guards ask of WordNet. About 20 ms to load and 8 MB in memory: load it on first need, once. */
export interface Lexicon {
  /** A lower-case English word that is no name, in its dictionary form. */
  isWord(word: string): boolean;
  /** A word of everyday English: it occurs in WordNet's tagged texts. */
  isCommon(word: string): boolean;
  /** A word that English writes with a capital letter only: Kafka, Monday. */
  isName(word: string): boolean;
  /** Whether two words, in dictionary form, mean the same in the sense that both mostly have. */
  areSynonyms(a: string, b: string): boolean;
  /** Whether two words, in dictionary form, are opposites in some sense. */
  areAntonyms(a: string, b: string): boolean;
}

export function loadLexicon(): Lexicon {
  const text = brotliDecompressSync(readFileSync(path)).toString("latin1");
  const [common, other, names, synonyms, antonyms] = text.split("\n\n").map((part) => new Set(part.split("\n")));
  return {
    isWord: (word) => common!.has(word) || other!.has(word),
    isCommon: (word) => common!.has(word),
    isName: (word) => names!.has(word),
    areSynonyms: (a, b) => synonyms!.has(a < b ? `${a} ${b}` : `${b} ${a}`),
    areAntonyms: (a, b) => antonyms!.has(a < b ? `${a} ${b}` : `${b} ${a}`),
  };
}

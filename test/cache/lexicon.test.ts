import { expect, test } from "bun:test";
import { lexicon } from "./support.ts";

test("knows words, common words and names", () => {
  expect([lexicon.isWord("table"), lexicon.isWord("abaxial"), lexicon.isWord("tabel")]).toEqual([true, true, false]);
  expect([lexicon.isCommon("table"), lexicon.isCommon("abaxial")]).toEqual([true, false]);
  expect([lexicon.isName("monday"), lexicon.isName("table")]).toEqual([true, false]);
});

test("knows synonyms and antonyms, both ways", () => {
  expect([lexicon.areSynonyms("buy", "purchase"), lexicon.areSynonyms("purchase", "buy")]).toEqual([true, true]);
  expect(lexicon.areSynonyms("buy", "sell")).toBe(false);
  expect([lexicon.areAntonyms("divide", "multiply"), lexicon.areAntonyms("multiply", "divide")]).toEqual([true, true]);
});

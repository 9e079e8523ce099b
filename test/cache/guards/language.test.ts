import { expect, test } from "bun:test";
import { language } from "../../../src/cache/guards/language.ts";
import { lexicon, question } from "../support.ts";

test.each([["Where is the station?", "Wo ist der Bahnhof?"]])("differ: %p / %p", (a, b) => {
  expect(language(question(a), question(b), lexicon)).toBeString();
  expect(language(question(b), question(a), lexicon)).toBeString();
});

test.each([
  ["Where is the station?", "Where is the bank?"],
  ["Wo ist der Bahnhof?", "Où est la gare ?"],
])("do not differ: %p / %p", (a, b) => {
  expect(language(question(a), question(b), lexicon)).toBeUndefined();
});

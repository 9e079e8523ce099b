import { expect, test } from "bun:test";
import { antonyms } from "../../../src/cache/guards/antonyms.ts";
import { lexicon, question } from "../support.ts";

test.each([
  ["How do I enable it?", "How do I disable it?"],
  ["Is it legal?", "Is it illegal?"],
  ["A stable bond", "An unstable bond"],
  ["The minimum age", "The maximum age"],
  ["Open an account", "Close an account"],
])("differ: %p / %p", (a, b) => {
  expect(antonyms(question(a), question(b), lexicon)).toBeString();
  expect(antonyms(question(b), question(a), lexicon)).toBeString();
});

test.each([
  ["How do I repair it?", "How do I replace it?"],
  ["A red car", "A blue car"],
])("do not differ: %p / %p", (a, b) => {
  expect(antonyms(question(a), question(b), lexicon)).toBeUndefined();
});

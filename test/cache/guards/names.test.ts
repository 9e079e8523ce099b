import { expect, test } from "bun:test";
import { names } from "../../../src/cache/guards/names.ts";
import { lexicon, question } from "../support.ts";

test.each([
  ["Who was John Adams?", "Who was Sam Adams?"],
  ["Is it on Netflix?", "Is it on Hulu?"],
  ["Reviews of the Hotel Marina", "Reviews of the Hotel Marino"],
  ["How does Kafka work?", "How does Kafko work?"],
])("differ: %p / %p", (a, b) => {
  expect(names(question(a), question(b), lexicon)).toBeString();
  expect(names(question(b), question(a), lexicon)).toBeString();
});

test.each([
  ["Is it on Netflix?", "Is it on netflix?"],
  ["What is the currency of Peru?", "What is the curreny of Peru?"],
  ["Paint the wall", "Paint the door"],
])("do not differ: %p / %p", (a, b) => {
  expect(names(question(a), question(b), lexicon)).toBeUndefined();
});

import { expect, test } from "bun:test";
import { negation } from "../../../src/cache/guards/negation.ts";
import { lexicon, question } from "../support.ts";

test.each([
  ["Salad with nuts", "Salad without nuts"],
  ["Can I park here?", "Can't I park here?"],
  ["Which birds fly?", "Which birds never fly?"],
  ["Everyone except Ann", "Everyone with Ann"],
  ["Why does it start?", "Why won't it start?"],
  ["Ich komme heim", "Ich komme nicht heim"],
])("differ: %p / %p", (a, b) => {
  expect(negation(question(a), question(b), lexicon)).toBeString();
  expect(negation(question(b), question(a), lexicon)).toBeString();
});

test.each([
  ["Why doesn't it start?", "Why does it not start?"],
  ["I cannot sleep", "I can't sleep"],
  ["It dont work", "It does not work"],
])("do not differ: %p / %p", (a, b) => {
  expect(negation(question(a), question(b), lexicon)).toBeUndefined();
});

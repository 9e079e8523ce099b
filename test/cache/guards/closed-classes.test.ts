import { expect, test } from "bun:test";
import { closedClasses } from "../../../src/cache/guards/closed-classes.ts";
import { lexicon, question } from "../support.ts";

test.each([
  ["Is it his car?", "Is it her car?"],
  ["Delete all rows", "Delete some rows"],
  ["Phones under 200 euros", "Phones over 200 euros"],
  ["Trains to Graz", "Trains from Graz"],
  ["Should I call?", "Must I call?"],
  ["Eat before the run", "Eat after the run"],
  ["Suggest a name", "Suggest names"],
])("differ: %p / %p", (a, b) => {
  expect(closedClasses(question(a), question(b), lexicon)).toBeString();
  expect(closedClasses(question(b), question(a), lexicon)).toBeString();
});

test.each([
  ["Phones under 200 euros", "Phones below 200 euros"],
  ["Each row", "Every row"],
  ["How do I open my account?", "How do I open an account?"],
])("do not differ: %p / %p", (a, b) => {
  expect(closedClasses(question(a), question(b), lexicon)).toBeUndefined();
});

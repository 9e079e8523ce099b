import { expect, test } from "bun:test";
import { words } from "../../../src/cache/guards/words.ts";
import { lexicon, question } from "../support.ts";

test.each([
  ["Clean a wool coat", "Clean a wool carpet"],
  ["Suggest a recipe", "Suggest a vegan recipe"],
  ["Draw a desert", "Draw a dessert"],
  ["Who is hansen?", "Who is hanson?"],
  ["What is prisma?", "What is prism?"],
  ["How do I delete it?", "How do I deleted it?"],
  ["Wo ist der Bahnhof?", "Wo ist der Flughafen?"],
])("differ: %p / %p", (a, b) => {
  expect(words(question(a), question(b), lexicon)).toBeString();
  expect(words(question(b), question(a), lexicon)).toBeString();
});

test.each([
  ["Fix a bike", "Repair a bicycle"],
  ["A good restaurant", "A good restuarant"],
  ["What colour is it?", "What color is it?"],
  ["What is the quickest way home?", "What is the fastest way home?"],
  ["Wo ist der Bahnhof?", "wo ist der Bahnhof"],
])("do not differ: %p / %p", (a, b) => {
  expect(words(question(a), question(b), lexicon)).toBeUndefined();
});

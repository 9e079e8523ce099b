import { expect, test } from "bun:test";
import { form } from "../../../src/cache/guards/form.ts";
import { lexicon, question } from "../support.ts";

test.each([
  ["Why is it late?", "When is it late?"],
  ["How tall is Ann?", "How old is Ann?"],
  ["Is it open?", "Was it open?"],
  ["Who leads it?", "Who will lead it?"],
  ["What does it cost?", "What does it weigh?"],
  ["Can you swim?", "Can I swim?"],
])("differ: %p / %p", (a, b) => {
  expect(form(question(a), question(b), lexicon)).toBeString();
  expect(form(question(b), question(a), lexicon)).toBeString();
});

test.each([
  ["How tall is the tower?", "What is the height of the tower?"],
  ["Who is the author of Emma?", "Who wrote Emma?"],
  ["When did the war end?", "In which year did the war end?"],
  ["How do I bake bread?", "Show me how to bake bread."],
  ["What is a lever?", "Could you explain what a lever is?"],
  ["What does a ticket cost?", "What is the price of a ticket?"],
  ["Define entropy", "What does entropy mean?"],
])("do not differ: %p / %p", (a, b) => {
  expect(form(question(a), question(b), lexicon)).toBeUndefined();
});

import { expect, test } from "bun:test";
import { order } from "../../../src/cache/guards/order.ts";
import { lexicon, question } from "../support.ts";

test.each([
  ["Flights from Rome to Oslo", "Flights from Oslo to Rome"],
  ["Can a cat chase a cat?", "Can a cat chase?"],
  ["Can a cat chase a dog?", "Can a dog chase a cat?"],
  ["What is red cats and dogs?", "What is red dogs and cats?"],
  ["Who is the friend of the mother?", "Who is the mother of the friend?"],
])("differ: %p / %p", (a, b) => {
  expect(order(question(a), question(b), lexicon)).toBeString();
  expect(order(question(b), question(a), lexicon)).toBeString();
});

test.each([
  ["Compare tea and coffee", "Compare coffee and tea"],
  ["In Ruby, how do I sort an array?", "How do I sort an array in Ruby?"],
  ["What are the symptoms of flu?", "What are the flu symptoms?"],
  ["How do I permanently delete a file?", "How do I delete a file permanently?"],
])("do not differ: %p / %p", (a, b) => {
  expect(order(question(a), question(b), lexicon)).toBeUndefined();
});

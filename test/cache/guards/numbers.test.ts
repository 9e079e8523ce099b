import { expect, test } from "bun:test";
import { numbers } from "../../../src/cache/guards/numbers.ts";
import { lexicon, question } from "../support.ts";

test.each([
  ["Where is order 7710?", "Where is order 7701?"],
  ["Add four eggs.", "Add six eggs."],
  ["What is 30 divided by 6?", "What is 6 divided by 30?"],
  ["The second chapter", "The third chapter"],
  ["Is $40 too much?", "Is £40 too much?"],
  ["Install Ruby 3.1", "Install Ruby 3.2"],
  ["Who won in 1954?", "Who won in 1958?"],
  ["Meet on 3 May", "Meet on 13 May"],
  ["How many bytes are in 2 MB?", "How many bytes are in 3 MB?"],
])("differ: %p / %p", (a, b) => {
  expect(numbers(question(a), question(b), lexicon)).toBeString();
  expect(numbers(question(b), question(a), lexicon)).toBeString();
});

test.each([
  ["Save 1,500 dollars", "Save 1500 dollars"],
  ["Take ten percent off", "Take 10 % off"],
  ["Walk 5km", "Walk 5 km"],
  ["Name twenty-one rivers", "Name 21 rivers"],
  ["On 3 May", "On May 3rd"],
  ["The nineteenth century", "The 19th century"],
  ["Is $40 too much?", "Is 40 dollars too much?"],
])("do not differ: %p / %p", (a, b) => {
  expect(numbers(question(a), question(b), lexicon)).toBeUndefined();
});

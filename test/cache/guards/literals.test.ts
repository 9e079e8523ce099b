import { expect, test } from "bun:test";
import { literals } from "../../../src/cache/guards/literals.ts";
import { lexicon, question } from "../support.ts";

test.each([
  ["What does `ls -l` do?", "What does `ls -L` do?"],
  ['Translate "cat" to Thai', 'Translate "dog" to Thai'],
  ["Why is rowCount null?", "Why is row_count null?"],
  ["Open /etc/hosts", "Open /etc/host"],
  ["What does \\\\d+ match?", "What does \\\\D+ match?"],
  ["Summarise this: the vote passed", "Summarise this: the vote failed"],
  ["See https://a.example/x", "See https://a.example/y"],
  ["What does -r mean?", "What does -R mean?"],
  ["What is 5 - 3?", "What is 5 * 3?"],
  ["How many letters are in begin?", "How many letters are in start?"],
])("differ: %p / %p", (a, b) => {
  expect(literals(question(a), question(b), lexicon)).toBeString();
  expect(literals(question(b), question(a), lexicon)).toBeString();
});

test.each([
  ['What does "tacit" mean?', 'Define "tacit".'],
  ["Explain `x = 1`, please", "Explain `x = 1`"],
  ["How do I use git?", "How can I use git?"],
])("do not differ: %p / %p", (a, b) => {
  expect(literals(question(a), question(b), lexicon)).toBeUndefined();
});

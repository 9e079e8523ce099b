import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalKey } from "../../src/cache/canonical-key.ts";
import { parseQuestion } from "../../src/cache/parse.ts";
import { climbTexts, lexicon, question } from "./support.ts";

interface Pair {
  a: string;
  b: string;
  same: boolean;
  kind: string;
  part: "seen" | "unseen";
}
const pairs: Pair[] = readFileSync(join(import.meta.dir, "fixtures/own-pairs.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const share = (list: readonly Pair[]) => list.filter(({ a, b }) => climbTexts(a, b).level === 6).length / list.length;

test.each([
  ["How do I poach an egg?", "Hi! Could you please tell me how I poach an egg? Thanks a lot"],
  ["List the noble gases.", "Would you mind listing the noble gases?"],
  ["Why is the sky blue?", "Quick question - why is the sky blue?"],
  ["What is a quark?", "What exactly is a quark?"],
  ["What's the tallest tree?", "WHAT IS THE TALLEST TREE"],
  ["How do I organise a party?", "How do I organize a party"],
  ["Which tyre is flat?", "Which tire is flat"],
  ["Give me 5 ideas for lunch.", "Give me five ideas for lunch."],
  ["What is 1,000 times 3?", "What is 3 times 1000?"],
  ["How do I buy stamps?", "How can I purchase stamps?"],
  ["How do I turn off the alarm?", "How do I disable the alarm?"],
  ["How do I sort an array in Go?", "In Go, how do I sort an array?"],
  ["Please write a haiku about rain", "Compose a haiku about rain"],
  ["constructor", "constructor"],
])("one canonical form: %p / %p", (a, b) => {
  expect(question(a).canonical).toBe(question(b).canonical);
});

test.each([
  ["Where is Ann Grey?", "Where is Ann Gray?"],
  ["What is Rust?", "What is rust?"],
  ["What is a python?", "What is python?"],
  ["How do I say thanks in Thai?", "How do I say please in Thai?"],
  ["What is irony?", "What is satire?"],
  ["How do you store my data?", "How do I store my data?"],
  ["What is 5 Mb?", "What is 5 MB?"],
])("two canonical forms: %p / %p", (a, b) => {
  expect(question(a).canonical).not.toBe(question(b).canonical);
});

test("the canonical key belongs to one context", () => {
  const asked = question("What is a quark?");
  expect(canonicalKey("a", asked)).toMatch(/^[0-9a-f]{64}$/);
  expect(canonicalKey("a", asked)).toBe(canonicalKey("a", question("what is a quark")));
  expect(canonicalKey("a", asked)).not.toBe(canonicalKey("b", asked));
});

test.each([
  "",
  " ",
  "?!",
  "...",
  "please",
  "thanks",
  "\n\n",
  "`",
  '"',
  "'",
  "a",
  "🙂",
  "toString __proto__ hasOwnProperty",
  "x".repeat(5_000),
  "a b ".repeat(500),
])("any text has a form: %p", (text) => {
  expect(parseQuestion(text, lexicon).canonical).toMatch(/^[0-9a-f]{64}$/);
});

test("different odd texts do not fall together", () => {
  const forms = ["please", "thanks", "hello", "help", "?", "🙂", "🙃", "a", "b", "the", "is", "1", "2"].map(
    (t) => question(t).canonical,
  );
  expect(new Set(forms).size).toBe(forms.length);
});

test("a parse survives storage as JSON", () => {
  const asked = question("Why doesn't `x` fit into 3 boxes?");
  expect(JSON.parse(JSON.stringify(asked))).toEqual(asked);
});

test("no near miss of the repository's own pairs passes", () => {
  expect(pairs.filter((pair) => !pair.same && climbTexts(pair.a, pair.b).level === 6)).toEqual([]);
});

test.each([
  ["seen", 0.7],
  ["unseen", 0.6],
] as const)("paraphrases of the %s half pass", (part, least) => {
  expect(share(pairs.filter((pair) => pair.same && pair.part === part))).toBeGreaterThan(least);
});

test("a guard gives the same answer both ways", () => {
  for (const { a, b } of pairs) expect(climbTexts(a, b).level).toBe(climbTexts(b, a).level);
});

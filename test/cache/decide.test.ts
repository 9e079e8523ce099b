import { expect, test } from "bun:test";
import { type Candidate, decide, strictRule } from "../../src/cache/decide.ts";
import { lexicon, question } from "./support.ts";

const asked = question("How do I reset my password?");
const candidate = (id: string, text: string, cosine: number): Candidate => ({ id, question: question(text), cosine });

test("serves the most similar candidate that passes every guard, and says why the others do not", () => {
  const decision = decide(
    asked,
    [
      candidate("her", "How do I reset her password?", 0.97),
      candidate("mine", "How can I reset my password", 0.93),
      candidate("far", "How could I reset my password?", 0.6),
    ],
    strictRule,
    lexicon,
  );
  expect(decision.hit).toEqual({ id: "mine", level: 6, cosine: 0.93 });
  expect(decision.judge).toBeUndefined();
  expect(decision.considered.map(({ id, reason }) => [id, reason])).toEqual([
    ["her", "pronoun: none / her"],
    ["mine", undefined],
    ["far", "cosine 0.600 is too low"],
  ]);
});

test("names for the judge the best candidate whose numbers, literals and negations agree", () => {
  const decision = decide(
    asked,
    [
      candidate("not", "Why can't I reset my password?", 0.95),
      candidate("noun", "Password reset instructions", 0.86),
      candidate("other", "How do I change my name?", 0.85),
    ],
    strictRule,
    lexicon,
  );
  expect(decision.hit).toBeUndefined();
  expect(decision.judge?.id).toBe("noun");
});

test("asks the judge about nothing less similar than 0.75", () => {
  const { judge, hit } = decide(asked, [candidate("noun", "Password reset instructions", 0.74)], strictRule, lexicon);
  expect([judge, hit]).toEqual([undefined, undefined]);
});

test("looks at five candidates at most", () => {
  const many = Array.from({ length: 9 }, (_, i) => candidate(String(i), "How do I reset her password?", 0.8 + i / 100));
  const { considered } = decide(asked, many, strictRule, lexicon);
  expect(considered.map(({ id }) => id)).toEqual(["8", "7", "6", "5", "4"]);
});

test("another rule may serve what the strict one does not", () => {
  const near = [candidate("her", "How do I reset her password?", 0.97)];
  expect(decide(asked, near, ({ level, cosine }) => level >= 2 && cosine > 0.9, lexicon).hit?.level).toBe(2);
  expect(decide(asked, near, () => false, lexicon).hit).toBeUndefined();
});

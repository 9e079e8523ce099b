import { expect, test } from "bun:test";
import { answerTo, questionOn, verdictOn } from "../../../src/cli/demo/knowledge.ts";
import { seededRandom } from "../../support/seeded-random.ts";

test("every question has a full answer and a brief one, with its own number in it", () => {
  const random = seededRandom(7);
  for (const subject of ["repeated", "numbered", "json"] as const) {
    for (let number = 48_201; number < 48_240; number++) {
      const { text, json } = questionOn(subject, number, random);
      const full = answerTo(text, "full");
      const brief = answerTo(text, "brief");
      expect(full?.length ?? 0).toBeGreaterThan(json ? 10 : (brief?.length ?? 0));
      expect(full?.includes(String(number))).toBe(subject !== "repeated");
      expect(json).toBe(subject === "json");
    }
  }
  expect(answerTo("What is the capital of France?", "full")).toBeUndefined();
});

test("JSON of the full answer fits what was asked for, that of the brief one does not", () => {
  const { text } = questionOn("json", 48_201, () => 0);
  expect(JSON.parse(answerTo(text, "full")!)).toEqual({ invoice: "48201", total: 99.5 });
  expect(() => JSON.parse(answerTo(text, "brief")!)).toThrow();
});

test("an answer goes on where it broke off", () => {
  const full = answerTo("Where is my parcel for order 48201?", "full")!;
  const instruction = `It ends in the middle. Its last words are\n[${full.slice(30, 70)}]\nGo on.`;
  expect(answerTo(instruction, "full")).toEndWith(full.slice(30));
});

test.each([
  ["full", 1],
  ["brief", 0.3],
] as const)("the judge measures a %s answer", (manner, atMost) => {
  const question = "How do I reset my password?";
  const material = { conversation: [{ role: "user", content: question }], answer: answerTo(question, manner) };
  const { score, reason } = JSON.parse(verdictOn(`mark-BEGIN\n${JSON.stringify(material)}\nmark-END`));
  expect(score).toBeLessThanOrEqual(atMost);
  expect(score).toBeGreaterThan(manner === "full" ? 0.99 : 0);
  expect(reason).toMatch(/^It has \d+ of the \d+ words/);
});

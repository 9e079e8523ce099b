import { describe, expect, test } from "bun:test";
import { parseCheck } from "../../../src/telemetry/evals/check.ts";
import { meanInterval, shareInterval } from "../../../src/telemetry/evals/interval.ts";
import { runCheck } from "../../../src/telemetry/evals/run-check.ts";
import { overlap } from "../../../src/telemetry/evals/similarity.ts";
import type { Subject } from "../../../src/telemetry/evals/subject.ts";

function subject(over: Partial<Subject>): Subject {
  return {
    text: "",
    toolCalls: [],
    tools: [],
    format: { type: "text", schema: null },
    finish: "stop",
    refused: false,
    hasMedia: false,
    ...over,
  };
}

function score(check: string, over: Partial<Subject>): number | null {
  const parsed = parseCheck(check);
  if ("fault" in parsed) throw new Error(parsed.fault);
  return runCheck(parsed.check, subject(over));
}

const SCHEMA = {
  type: "object",
  required: ["city", "days"],
  properties: { city: { type: "string", pattern: "^[A-Z]" }, days: { $ref: "#/$defs/count" } },
  additionalProperties: false,
  $defs: { count: { type: "integer", minimum: 1 } },
};
const WITH_SCHEMA = { format: { type: "json-schema", schema: SCHEMA } } as const;
const TOOL = { name: "weather", parameters: SCHEMA };
const call = (json: string, name = "weather") => ({ name, arguments: json, custom: false });
const PROSE =
  "The river runs from the mountains to the sea, past villages that live from fishing and a few old mills. In spring it floods the meadows, which is why every house stands on a small hill of its own and each barn has a boat.";

describe("checks", () => {
  test.each([
    ["json-valid", { text: '{"a":1}' }, 1],
    ["json-valid", { text: 'Sure! {"a":1}' }, 0],
    ["json-valid", { text: "" }, 0],
    ["json-valid", { text: "", toolCalls: [call("{}")] }, null],
    ["json-schema", { text: "hello" }, null],
    ["json-schema", { text: "hello", format: { type: "json", schema: null } }, 0],
    ["json-schema", { text: "[1]", format: { type: "json", schema: null } }, 1],
    ["json-schema", { text: "1", format: { type: "json", schema: null } }, 0],
    ["json-schema", { text: '{"city":"Rome","days":2}', ...WITH_SCHEMA }, 1],
    ["json-schema", { text: '{"city":"rome","days":2}', ...WITH_SCHEMA }, 0],
    ["json-schema", { text: '{"city":"Rome","days":0}', ...WITH_SCHEMA }, 0],
    ["json-schema", { text: '{"city":"Rome","days":2,"more":1}', ...WITH_SCHEMA }, 0],
    ["json-schema", { text: '{"city":"Rome","da', ...WITH_SCHEMA }, 0],
    ["tool-calls", { text: "no call" }, null],
    ["tool-calls", { tools: [TOOL], toolCalls: [call('{"city":"Rome","days":2}')] }, 1],
    ["tool-calls", { tools: [TOOL], toolCalls: [call('{"city":"Rome","days":2}'), call('{"city":1}')] }, 0],
    ["tool-calls", { tools: [TOOL], toolCalls: [call('{"city":')] }, 0],
    ["tool-calls", { tools: [TOOL], toolCalls: [call("{}", "wether")] }, 0],
    ["tool-calls", { tools: [{ name: "now", parameters: null }], toolCalls: [call("", "now")] }, 1],
    ["empty", { text: " \n" }, 0],
    ["empty", { text: "yes" }, 1],
    ["empty", { toolCalls: [call("{}")] }, 1],
    ["refusal", { text: "I'm sorry, but I can't help with that." }, 0],
    ["refusal", { text: "I cannot assist with this request." }, 0],
    ["refusal", { text: "As an AI language model, I cannot do this." }, 0],
    ["refusal", { text: "Es tut mir leid, aber ich kann dabei nicht helfen." }, 0],
    ["refusal", { text: "", refused: true }, 0],
    ["refusal", { text: "You can't divide by zero, sorry." }, 1],
    ["refusal", { text: "Unfortunately, the train was late; here is the plan." }, 1],
    ["truncation", { text: "a", finish: "length" }, 0],
    ["truncation", { text: "a", finish: "stop" }, 1],
    ["repetition", { text: PROSE }, 1],
    ["repetition", { text: "I will try that again now. ".repeat(20) }, 0],
    ["repetition", { text: `Steps:\n${"- do it\n".repeat(8)}` }, 0],
    ["repetition", { text: `| a | b |\n${"|---|---|\n".repeat(8)}` }, 1],
    ["length:2-4", { text: "abc" }, 1],
    ["length:2-4", { text: "abcde" }, 0],
    ["length:2-4", { text: "😀😀😀😀" }, 1],
    ["length:2-", { text: "a" }, 0],
    ["language:en", { text: PROSE }, 1],
    ["language:de", { text: PROSE }, 0],
    ["language:de", { text: "Der Fluss fließt von den Bergen bis zum Meer, vorbei an alten Mühlen." }, 1],
    ["language:ja", { text: "これは日本語の文章です。川は山から海へ流れます。" }, 1],
    ["language:en", { text: "ok" }, null],
    ["regex:^\\{.*\\}$", { text: "{1}" }, 1],
    ["regex:^\\{.*\\}$", { text: "1" }, 0],
  ] as [string, Partial<Subject>, number | null][])("%s of %j is %p", (check, over, expected) =>
    expect(score(check, over)).toBe(expected),
  );

  test("a schema that is none says nothing of the answer", () => {
    const format = { type: "json-schema", schema: { type: "object", properties: { a: { pattern: "(" } } } } as const;
    expect(score("json-schema", { text: '{"a":"x"}', format })).toBeNull();
  });
});

describe("similarity", () => {
  test.each([
    ["the cat sat", "the cat sat", 1],
    ["the cat sat", "a dog ran", 0],
    ["the cat sat", "The cat, it sat!", 6 / 7],
    ["東京は晴れ", "東京は雨", 6 / 9],
    ["", "x", 0],
  ])("of %j and %j is %d", (a, b, expected) => expect(overlap(a, b)).toBeCloseTo(expected, 9));
});

describe("confidence intervals", () => {
  // Computed with R 4: prop.test(correct = FALSE) and t.test.
  test.each([
    [9, 10, 0.5958, 0.9821],
    [0, 20, 0, 0.1611],
    [20, 20, 0.8389, 1],
    [480, 1_000, 0.4492, 0.511],
  ])("Wilson of %d in %d", (hits, count, low, high) => {
    const interval = shareInterval(hits, count);
    expect(interval.mean).toBe(hits / count);
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 3);
  });

  test.each([
    [[0.2, 0.4, 0.6], 0, 0.8968],
    [Array.from({ length: 21 }, (_, i) => i / 20), 0.3588, 0.6412],
    [[0.7], 0, 1],
    [[0.5, 0.5, 0.5], 0.5, 0.5],
  ])("Student's t of %j", (scores, low, high) => {
    const sum = scores.reduce((a, b) => a + b, 0);
    const sumOfSquares = scores.reduce((a, b) => a + b * b, 0);
    const interval = meanInterval({ count: scores.length, sum, sumOfSquares }, 0, 1);
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 3);
  });
});

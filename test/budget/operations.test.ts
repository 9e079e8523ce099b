import { expect, test } from "bun:test";
import { isPriced, upperBound } from "../../src/budget/bound.ts";
import type { Call, Operation } from "../../src/canonical/call.ts";
import { simulatedClock } from "../support/simulated-clock.ts";
import { callOf, RATES } from "./support.ts";

function callFor(operation: Operation, choices = 1): Call {
  const call = callOf(simulatedClock());
  return { ...call, operation, body: { ...call.body, facts: { ...call.body.facts, choices } } };
}

const LIMITS = { cap: undefined, contextTokens: 8_000, model: "m" };
const FREE = { ...RATES, output: 0, reasoning: 0, perRequest: 0 };

test.each<[Operation, boolean, boolean, boolean]>([
  // By tokens; by the call alone; not at all.
  ["embed", true, true, true],
  ["rerank", true, true, true],
  ["image", true, true, false],
  ["speech", false, true, false],
  ["transcribe", false, true, false],
])("what %s costs is known by tokens: %p, by the call: %p, by neither: %p", (operation, tokens, call, neither) => {
  expect(isPriced(callFor(operation), RATES)).toBe(tokens);
  expect(isPriced(callFor(operation), { ...FREE, perRequest: 5 })).toBe(call);
  expect(isPriced(callFor(operation), FREE)).toBe(neither);
});

test("embeddings write nothing, so only their input and the call itself are held", () => {
  const bound = upperBound(callFor("embed"), { ...RATES, perRequest: 7 }, LIMITS);
  expect(bound.maxOutputTokens).toBe(0);
  expect(bound.fixedNanoUsd).toBeGreaterThan(7);
  expect(bound.fixedNanoUsd).toBe(upperBound(callFor("chat"), { ...RATES, perRequest: 7 }, LIMITS).fixedNanoUsd);
});

test("all tokens of all images are held, for no cap can be written into the request", () => {
  const held = (choices: number) => upperBound(callFor("image", choices), RATES, LIMITS);
  expect(held(1).maxOutputTokens).toBe(0);
  // 8,192 tokens at a thousandth of a US dollar each.
  expect(held(3).fixedNanoUsd - held(1).fixedNanoUsd).toBe(2 * 8_192 * (RATES.output / 1_000_000));
});

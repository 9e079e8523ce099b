import { expect, test } from "bun:test";
import { comparisonsOf, scoreText, verdictOf, worstOf } from "../../../src/ui/pages/quality/comparison.ts";

const row = (name: string, failover: boolean, [low, mean, high]: readonly [number, number, number]) => ({
  eval: name,
  failover,
  count: 10,
  mean,
  ci_low: low,
  ci_high: high,
});

test.each([
  ["apart", [0.9, 1, 1], [0, 0.1, 0.3], "worse"],
  ["apart, the other way", [0, 0.1, 0.3], [0.9, 1, 1], "better"],
  ["overlapping", [0.7, 0.8, 0.9], [0.5, 0.6, 0.71], "alike"],
] as const)("intervals %s", (_, preferred, fallback, verdict) => {
  const [one] = comparisonsOf([row("json", false, preferred), row("json", true, fallback)]);
  expect(verdictOf(one!)).toBe(verdict);
});

test("without a fallback there is nothing to compare, and what dropped most comes first", () => {
  const same = [0.8, 0.8, 0.8] as const;
  const all = comparisonsOf([
    row("alone", false, same),
    row("kept", false, same),
    row("kept", true, same),
    row("dropped", false, [1, 1, 1]),
    row("dropped", true, [0, 0, 0]),
  ]);
  expect(all.map(verdictOf)).toEqual(["nothing to compare", "alike", "worse"]);
  expect(worstOf(all)?.name).toBe("dropped");
  expect(worstOf([])).toBeUndefined();
});

test.each([
  ["json", 0.971, "0.97"],
  ["user feedback", 0.5, "+0.50"],
  ["user feedback", -1, "−1.00"],
  ["user feedback", -0.001, "0.00"],
])("%s of %p is %s", (name, score, text) => expect(scoreText(name, score)).toBe(text));

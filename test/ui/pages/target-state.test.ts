import { expect, test } from "bun:test";
import type { Target } from "../../../src/ui/api/types.ts";
import { namesOf, stateOfKey, stateOfTarget, weightsOf } from "../../../src/ui/pages/routes/target-state.ts";

const key = (over: Partial<Target> = {}): Target => ({
  target: "a/m",
  provider: "a",
  model: "m",
  key: "key-1",
  state: "closed",
  reason: null,
  resting_until: null,
  in_flight: 0,
  consecutive_failures: 0,
  latency_ms: null,
  ...over,
});
const UNTIL = "2026-01-12T12:00:00.000Z";

test.each([
  [key(), { tone: "ok", word: "up" }],
  [key({ reason: "resting: drained" }), { word: "drained" }],
  [
    key({ reason: "resting: rate_limited", resting_until: UNTIL }),
    { tone: "warn", word: "resting", why: "at its rate limit", until: UNTIL },
  ],
  [key({ reason: "resting: something new", resting_until: UNTIL }), { word: "resting", why: "something new" }],
  [key({ state: "open", reason: "5 failures in a row" }), { tone: "bad", word: "failing", why: "5 failures in a row" }],
  [key({ state: "half-open" }), { tone: "warn", word: "trying" }],
])("a key %#", (row, state) => expect(stateOfKey(row)).toMatchObject(state));

const open = key({ state: "open", reason: "broken" });

test.each([
  ["all up", [key(), key()], "up"],
  ["one of two out", [key(), open], "partly up"],
  ["none up", [open, open], "failing"],
  ["one resting, one broken", [open, key({ reason: "resting: auth", resting_until: UNTIL })], "resting"],
  ["one may be tried", [open, key({ state: "half-open" })], "trying"],
  ["drained, whatever its keys", [key(), key({ reason: "resting: drained" })], "drained"],
  ["never met", [], "unknown"],
] as const)("a target: %s", (_, keys, word) => expect(stateOfTarget(keys).word).toBe(word));

test("targets by name, and the shares that weights ask for", () => {
  const targets = [{ target: "a/m", weight: 3 }, "b/n"];
  expect(namesOf({ targets })).toEqual(["a/m", "b/n"]);
  expect(weightsOf({ strategy: "weighted", targets })).toEqual([0.75, 0.25]);
  expect(weightsOf({ strategy: null, targets })).toBeUndefined();
});

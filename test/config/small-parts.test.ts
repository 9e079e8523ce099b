import { expect, test } from "bun:test";
import { fallbackCycles } from "../../src/config/fallback-cycles.ts";
import { FORMATS } from "../../src/config/formats.ts";
import { jsonFaultLine } from "../../src/config/json-line.ts";
import { toNanoUsd } from "../../src/config/money.ts";
import { nearest } from "../../src/config/nearest.ts";
import { printPath } from "../../src/config/path.ts";

test.each([
  ["prot", ["host", "port"], "port"],
  ["PORT", ["host", "port"], "port"],
  ["ttl", ["ttlMs", "maxBytes"], "ttlMs"],
  ["opnai", ["anthropic", "openai"], "openai"],
  ["gpt4o", ["gpt-4o", "gpt-4o-mini"], "gpt-4o"],
  ["completely", ["different", "names"], undefined],
  ["a", ["b", "_"], undefined],
  ["CI", ["ci"], "ci"],
  ["ab", ["xy"], undefined],
  ["x", [], undefined],
] as const)("nearest to %p of %p is %p", (name, candidates, expected) => {
  expect(nearest(name, candidates)).toBe(expected);
});

test("the nearest name to a very long one takes no time", () => {
  expect(nearest("x".repeat(1_000_000), ["y".repeat(1_000_000)])).toBeUndefined();
});

test.each([
  [5, 5_000_000_000],
  [0, 0],
  [0.1, 100_000_000],
  [0.3, 300_000_000],
  [2.675, 2_675_000_000],
  [1e-9, 1],
  [1.5e-7, 150],
  [9_000_000, 9_000_000_000_000_000],
  [0.123456789, 123_456_789],
  [1e-10, undefined],
  [0.1234567891, undefined],
  [1e21, undefined],
  [9_100_000, undefined],
  [-1, undefined],
  [Number.NaN, undefined],
] as const)("%p USD are %p nano-USD", (usd, nano) => {
  expect(toNanoUsd(usd)).toBe(nano);
});

test.each([
  [[], ""],
  [["models", "fast", "targets", 1], "models.fast.targets[1]"],
  [["models", "gpt-4o", 0], "models.gpt-4o[0]"],
  [["models", "gpt-4.1"], 'models["gpt-4.1"]'],
  [["a", "b c"], 'a["b c"]'],
] as const)("%p is printed %s", (path, text) => {
  expect(printPath(path)).toBe(text);
});

test.each([
  ["address-range", "10.0.0.1", true],
  ["address-range", "::1", true],
  ["address-range", "10.0.0.0/8", true],
  ["address-range", "2001:db8::/32", true],
  ["address-range", "10.0.0.0/33", false],
  ["address-range", "10.0.0/8", false],
  ["address-range", "10.0.0.0/8/8", false],
  ["address-range", "example.com", false],
  ["origin", "*", true],
  ["origin", "https://a.example:8443", true],
  ["origin", "https://a.example/", false],
  ["time", "2027-01-31", true],
  ["time", "2027-01-31T10:00:00Z", true],
  ["time", "2027-01-31T10:00:00.5+02:00", true],
  ["time", "2027-01-31 10:00", false],
  ["time", "2027-02-30", false],
  ["time", "5", false],
  ["target-name", "openai/ft:gpt/x", true],
  ["target-name", "/x", false],
  ["target-name", "openai/", false],
  ["base-url", "http://127.0.0.1:11434/v1", true],
  ["base-url", "HTTPS://x", true],
  ["base-url", "javascript:alert(1)", false],
  ["header-name", "x-team", true],
  ["header-name", "x team", false],
] as const)("%s %s: %p", (format, value, right) => {
  expect(FORMATS[format](value) === undefined).toBe(right);
});

test.each([
  [{ a: ["b"], b: ["c"], c: [] }, []],
  [{ a: ["a"] }, [["a"]]],
  [{ a: ["b", "c"], b: ["c"], c: ["a"] }, [["a", "b", "c"]]],
  [
    { a: ["b"], b: ["a"], c: ["d"], d: ["c"] },
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [{ a: ["gone"] }, []],
])("the cycles of %p are %p", (fallbacks, cycles) => {
  expect(fallbackCycles(new Map(Object.entries(fallbacks as Record<string, string[]>)))).toEqual(cycles as string[][]);
});

test.each([
  ['{\n "a": {\n  "b": 1,\n }\n}', 4],
  ['{"a": 1} x', 1],
  ["{\n'a': 1}", 2],
  ['{\n\n"a": 01}', 3],
  ["", 1],
  ['{"a":\n [1,\n2', 3],
  ['{\n // c\n "a": 1 }', 2],
  ['{\n"a": undefined}', 2],
  ['{"a":\n NaN}', 2],
  ['[\n"x\n"]', 2],
  ['{"a": [1, 2}\n}', 1],
  ['{"a" 1}', 1],
  ["[1\n2]", 2],
])("%p is malformed in line %d", (text, line) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(jsonFaultLine(text)).toBe(line);
});

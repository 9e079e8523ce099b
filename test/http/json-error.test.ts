import { expect, test } from "bun:test";
import fc from "fast-check";
import { offsetOfJsonFault } from "../../src/http/ingress/json-error.ts";

test.each([
  ['{"a": nope}', 6],
  ["{'a': 1}", 1],
  ['{"a" 1}', 5],
  ['{"a": 1,}', 8],
  ["[1 2]", 3],
  ["[1,]", 3],
  ["[01]", 2],
  ['{"a": 1}x', 8],
  ['["a\nb"]', 3],
  ['["\\x"]', 2],
  ['["\\u12g4"]', 2],
  ['{"a": [1, 2}', 11],
  ['{"a"', 4],
  ["[", 1],
  ['"abc', 4],
  ["-", 0],
  ["]", 0],
])("%j fails at %d", (text, offset) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(offsetOfJsonFault(text)).toBe(offset);
});

test("right JSON has no fault before its end, and a cut one ends too early", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), (value, cut) => {
      const text = JSON.stringify([value], null, cut % 3);
      expect(offsetOfJsonFault(text)).toBe(text.length);
      const part = text.slice(0, cut % text.length);
      // Nothing but a scalar that was cut in its middle can be at fault before the end.
      expect(part.slice(offsetOfJsonFault(part))).toMatch(/^(?:-?[0-9.eE+-]*|[tfn][a-z]*|\\u?[0-9a-f]*)$/);
    }),
  );
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { shapeOf } from "../../src/http/ingress/json-shape.ts";

const shape = (text: string) => shapeOf(new TextEncoder().encode(text));

test.each([
  ["{}", 1, 0],
  [" { } ", 1, 0],
  ['{"a":1}', 1, 1],
  ['{"a":1,"a":2}', 1, 2],
  ['{"a":[{},[]],"b":"[{,\\"","c":null}', 3, 3],
  ["[]", 1, 0],
  ["[[]]", 2, 1],
  ["1", 0, 0],
  [`{"a":"${"x".repeat(100)}\\\\","b":"${"y".repeat(100)}\\",","c":{}}`, 2, 3],
  ["\ufeff{}", 1, 0],
])("%j", (text, depth, members) => expect(shape(text)).toEqual({ depth, members }));

describe("agrees with the parser", () => {
  test("on the number of members and on depth", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), fc.nat(3), (value, indent) => {
        const keys = Object.keys(JSON.parse(JSON.stringify(value))).length;
        expect(shape(JSON.stringify(value, null, indent))).toEqual({ depth: depthOf(value), members: keys });
      }),
    );
  });

  test("and ends on anything", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void shapeOf(bytes)));
  });
});

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

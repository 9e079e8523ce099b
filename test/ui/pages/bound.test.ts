import { expect, test } from "bun:test";
import { upperBound } from "../../../src/cache/evidence.ts";
import { placeOf, rightOnesNeeded } from "../../../src/ui/pages/cache/bound.ts";

test.each([
  [0.1, 0],
  [1, 100 / 3],
  [10, 200 / 3],
  [100, 100],
  [0, 0],
  [250, 100],
])("%p %% stands at %p of the scale", (percent, place) => expect(placeOf(percent)).toBeCloseTo(place, 6));

test.each([1, 2, 5, 10])("as many right ones as the gateway's own bound needs for %p %%", (limit) => {
  const needed = rightOnesNeeded(limit, 0, 0)!;
  expect(100 * upperBound(0, needed)).toBeLessThanOrEqual(limit + 1e-9);
  expect(100 * upperBound(0, needed - 1)).toBeGreaterThan(limit);
  expect(rightOnesNeeded(limit, needed - 7, 0)).toBe(7);
  expect(rightOnesNeeded(limit, needed, 0)).toBeNull();
});

test("where some were wrong nobody can say how many are needed", () => expect(rightOnesNeeded(1, 10, 1)).toBeNull());

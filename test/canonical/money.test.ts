import { expect, test } from "bun:test";
import { formatUsd } from "../../src/canonical/money.ts";

test.each([
  [0, "0"],
  [1, "0.000000001"],
  [1_234_500, "0.0012345"],
  [1_000_000_000, "1"],
  [1_500_000_000, "1.5"],
  [-2_000_000_010, "-2.00000001"],
  [Number.MAX_SAFE_INTEGER, "9007199.254740991"],
])("%d nano-USD are $%s", (nanoUsd, text) => expect(formatUsd(nanoUsd)).toBe(text));

test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
  "%d is refused: it has lost something already",
  (value) => {
    expect(() => formatUsd(value)).toThrow(RangeError);
  },
);

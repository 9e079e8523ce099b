import { describe, expect, test } from "bun:test";
import { ago, bytes, count, duration, money, nanoUsd, percent, shareOf, spentOf, sumUsd } from "../../src/ui/format.ts";

describe("money is exact: decimal strings, never floats", () => {
  test.each([
    ["0", "$0.00"],
    ["12.3", "$12.30"],
    ["0.01", "$0.01"],
    ["0.014999999", "$0.01"],
    ["0.015", "$0.02"],
    ["1234567.891", "$1,234,567.89"],
    ["0.00001845", "$0.0000185"],
    ["0.000000001", "$0.000000001"],
    ["0.0099999", "$0.01"],
    ["-3.5", "-$3.50"],
    ["9007199254740993.17", "$9,007,199,254,740,993.17"],
  ])("%s is %s", (amount, text) => expect(money(amount)).toBe(text));

  test("what nobody knows is no zero", () => {
    expect(money(null)).toBe("–");
    expect(money(undefined)).toBe("–");
  });

  test("sums lose nothing", () => {
    expect(sumUsd(["0.1", "0.2", null, "0.000000001"])).toBe(300_000_001n);
    expect(nanoUsd("0.1") + nanoUsd("0.2")).toBe(nanoUsd("0.3"));
  });

  test.each(["", "1e3", "NaN", "1.", ".5", "1,000"])("%j is not an amount", (text) => {
    expect(() => nanoUsd(text)).toThrow("Not an amount");
  });

  test("shares", () => {
    expect(shareOf("0.5", "2")).toBe(0.25);
    expect(shareOf("3", "2")).toBe(1.5);
    expect(shareOf("1", "0")).toBeNull();
  });
});

test.each([
  [0, "0"],
  [950, "950"],
  [9_999, "9,999"],
  [10_000, "10k"],
  [12_345, "12.3k"],
  [999_949, "1M"],
  [1_234_567, "1.23M"],
  [2_500_000_000, "2.5B"],
  [null, "–"],
])("count %p is %s", (value, text) => expect(count(value)).toBe(text));

test.each([
  [0, "0 ms"],
  [0.4, "< 1 ms"],
  [3.1499, "3.1 ms"],
  [812.4, "812 ms"],
  [999.7, "1 s"],
  [1_234, "1.23 s"],
  [12_340, "12.3 s"],
  [59_999, "1 m"],
  [75_000, "1 m 15 s"],
  [7_260_000, "2 h 1 m"],
  [90_000_000, "1 d 1 h"],
  [undefined, "–"],
])("duration %p is %s", (ms, text) => expect(duration(ms)).toBe(text));

test.each([
  [0, "0 B"],
  [1_023, "1023 B"],
  [1_536, "1.5 KiB"],
  [7_340_032, "7 MiB"],
  [2 ** 31, "2 GiB"],
])("%p bytes are %s", (value, text) => expect(bytes(value)).toBe(text));

test.each([
  [1, 1, "100 %"],
  [0, 5, "0 %"],
  [0, 0, "–"],
  [1, 3, "33.3 %"],
  [9_999, 10_000, "99.99 %"],
  [99_999, 100_000, "99.999 %"],
  [9_999_999, 10_000_000, "> 99.999 %"],
  [1, 10_000_000, "< 0.001 %"],
])("%p of %p is %s: a failure is never rounded away", (part, whole, text) => expect(percent(part, whole)).toBe(text));

test.each([
  [1_000, "now"],
  [12_400, "12 s ago"],
  [180_000, "3 m ago"],
  [-60_000, "in 1 m"],
])("%p ms before now is %s", (ms, text) => expect(ago(1_000_000 - ms, 1_000_000)).toBe(text));

test.each([
  ["0.01506", "0.02", "$0.0151", "$0.02"],
  ["0.115905", "0.12", "$0.116", "$0.12"],
  ["0.02", "0.02", "$0.0200", "$0.02"],
  ["4.9999", "5", "$4.9999", "$5.00"],
  ["1.0432", "50", "$1.04", "$50.00"],
  ["0.00001845", "25", "$0.0000185", "$25.00"],
  ["0", "10", "$0.00", "$10.00"],
  ["1234.5", "12000.125", "$1,234.50", "$12,000.125"],
])("%s spent of %s can be told apart: %s of %s", (spent, limit, spentText, limitText) => {
  expect(spentOf(spent, limit)).toEqual([spentText, limitText]);
});

import { expect, test } from "bun:test";
import {
  CELLS,
  type Cell,
  type Counts,
  cellOf,
  evidenceRule,
  hasDrifted,
  servedCells,
  upperBound,
} from "../../src/cache/evidence.ts";
import { seeded } from "./support.ts";

test.each([
  [0, 59, 0.05],
  [0, 149, 0.02],
  [0, 299, 0.01],
  // qbeta(0.95, k + 1, n - k)
  [1, 100, 0.0466],
  [5, 100, 0.1023],
  [10, 2000, 0.00846],
])("%p wrong of %p are at most %p", (wrong, verified, bound) => {
  expect(upperBound(wrong, verified)).toBeCloseTo(bound, 3);
});

test("nothing verified, or nothing right, bounds nothing", () => {
  expect([upperBound(0, 0), upperBound(3, 3)]).toEqual([1, 1]);
});

test.each([
  [{ level: 6, cosine: 1 }, "6/0.98"],
  [{ level: 6, cosine: 0.979 }, "6/0.95"],
  [{ level: 2, cosine: 0.7 }, "2/0.70"],
  [{ level: 2, cosine: 0.69 }, undefined],
  [{ level: 1, cosine: 0.99 }, undefined],
] as const)("the cell of %p is %p", (score, cell) => {
  expect(cellOf(score)).toBe(cell as Cell);
});

type Cells = Record<string, readonly [verified: number, wrong: number]>;
const evidence = (cells: Cells) =>
  new Map(Object.entries(cells).map(([cell, [verified, wrong]]) => [cell as Cell, { verified, wrong }]));
const served = (cells: Cells, limit: number) =>
  servedCells(evidence(cells), limit)
    .filter((cell) => cell.served)
    .map(({ cell }) => cell);

test("without evidence nothing is served", () => {
  expect(served({}, 1)).toEqual([]);
  expect(served({ "6/0.98": [298, 0] }, 1)).toEqual([]);
});

test("299 right ones serve at 1 %, and later cells join while the pool holds", () => {
  expect(served({ "6/0.98": [299, 0] }, 1)).toEqual(["6/0.98"]);
  expect(served({ "6/0.98": [299, 0], "6/0.95": [200, 0], "5/0.90": [100, 30] }, 1)).toEqual(["6/0.98", "6/0.95"]);
});

test("testing stops at the first cell that fails, however good the next ones look", () => {
  expect(served({ "6/0.98": [299, 9], "6/0.95": [5_000, 0] }, 1)).toEqual([]);
});

test("a bad cell does not hide behind a long good record", () => {
  expect(served({ "6/0.98": [10_000, 0], "4/0.70": [40, 8] }, 1)).toEqual(["6/0.98"]);
});

test("a cell with few samples waits without stopping the others", () => {
  expect(served({ "6/0.98": [10, 0], "6/0.95": [299, 0] }, 1)).toEqual(["6/0.95"]);
});

test("the rule serves exactly the served cells", () => {
  const rule = evidenceRule(servedCells(evidence({ "6/0.98": [299, 0] }), 1));
  expect([
    rule({ level: 6, cosine: 0.99 }),
    rule({ level: 6, cosine: 0.96 }),
    rule({ level: 5, cosine: 0.99 }),
  ]).toEqual([true, false, false]);
});

test("drift is more wrong ones among the last than chance explains", () => {
  const stream = (right: number, wrong: number) => [
    ...Array.from({ length: right }, () => ({ wrong: false })),
    ...Array.from({ length: wrong }, () => ({ wrong: true })),
  ];
  expect(hasDrifted(stream(200, 0), 1)).toBe(false);
  expect(hasDrifted(stream(198, 2), 1)).toBe(false);
  expect(hasDrifted(stream(194, 6), 1)).toBe(true);
  // A bad past that the window has left behind.
  expect(hasDrifted([...stream(0, 50), ...stream(200, 0)], 1)).toBe(false);
});

test("the bound holds in at least 95 % of 200 random histories", () => {
  const random = seeded(11);
  let held = 0;
  let active = 0;
  for (let run = 0; run < 200; run++) {
    // Risk grows down the ladder, from far under the limit to far above it; each history has another slope.
    const steepness = 0.5 + 2 * random();
    const risk = CELLS.map((_, i) => Math.min(0.6, 0.0005 * (1 + i) ** steepness));
    const traffic = CELLS.map(() => random());
    const counts = new Map<Cell, Counts>();
    for (const [i, cell] of CELLS.entries()) {
      const verified = Math.round(1_500 * traffic[i]!);
      const wrong = Array.from({ length: verified }, () => Number(random() < risk[i]!)).reduce((a, b) => a + b, 0);
      counts.set(cell, { verified, wrong });
    }
    const open = servedCells(counts, 2).map((cell) => cell.served);
    const total = traffic.reduce((sum, share, i) => sum + (open[i] ? share : 0), 0);
    const wrong = traffic.reduce((sum, share, i) => sum + (open[i] ? share * risk[i]! : 0), 0);
    if (total > 0) active += 1;
    if (total === 0 || wrong / total <= 0.02) held += 1;
  }
  expect(active).toBeGreaterThan(150);
  expect(held).toBeGreaterThanOrEqual(190);
});

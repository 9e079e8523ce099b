import { expect, test } from "bun:test";
import type { LedgerEntry, UsageEntry } from "../../src/store/budget-ports.ts";
import { openDatabases } from "../../src/store/sqlite/databases.ts";
import { NOON_MS, temporaryDirectory } from "./support.ts";

const HOUR_MS = 3_600_000;

function ledgerEntry(n: number, over: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    atMs: NOON_MS + n,
    requestId: `req_${n}`,
    attempt: 1,
    keyId: "file:ci",
    keyName: "ci",
    team: "search",
    customer: null,
    user: null,
    model: "fast",
    provider: "openai",
    targetModel: "gpt-4o",
    usage: { input: 10, cacheRead: 1, cacheWrite5m: 2, cacheWrite1h: 3, output: 5, reasoning: 4 },
    costNanoUsd: 1_000 + n,
    tags: null,
    windows: [],
    ...over,
  };
}

function call(over: Partial<UsageEntry> = {}): UsageEntry {
  const { atMs, team, model, provider, keyName, customer } = ledgerEntry(0);
  return { atMs, team, model, provider, keyName, customer, tags: null, usage: null, ...over };
}

function opened() {
  const directory = temporaryDirectory();
  const { tables, close } = openDatabases(directory.path);
  return {
    ...tables,
    [Symbol.dispose]() {
      close();
      directory[Symbol.dispose]();
    },
  };
}

test("sums by every group: money and tokens from the ledger, requests from the calls", () => {
  using store = opened();
  const { ledger } = store;
  ledger.append(
    "local",
    [ledgerEntry(1, { costNanoUsd: 5 }), ledgerEntry(2, { costNanoUsd: 7, provider: "azure", attempt: 2 })],
    [call({ provider: "azure" })],
  );
  ledger.append(
    "local",
    [ledgerEntry(3, { costNanoUsd: 11, team: null, keyName: "other" })],
    [call({ team: null, keyName: "other" })],
  );
  expect(ledger.usage({ groupBy: [] })).toMatchObject([
    {
      requests: 2,
      costNanoUsd: 23,
      inputTokens: 30,
      cacheReadTokens: 3,
      cacheWriteTokens: 15,
      outputTokens: 15,
      reasoningTokens: 12,
    },
  ]);
  expect(ledger.usage({ groupBy: ["team"] }).map(({ groups, costNanoUsd }) => [groups.team, costNanoUsd])).toEqual([
    [null, 11],
    ["search", 12],
  ]);
  expect(
    ledger
      .usage({ groupBy: ["provider", "key"] })
      .map(({ groups, costNanoUsd }) => [groups.provider, groups.key, costNanoUsd]),
  ).toEqual([
    ["azure", "ci", 7],
    ["openai", "ci", 5],
    ["openai", "other", 11],
  ]);
  expect(ledger.usage({ groupBy: ["day"], team: "search" })).toMatchObject([
    { groups: { day: "2026-01-12T00:00:00.000Z" }, costNanoUsd: 12 },
  ]);
});

test("a time range counts whole hours; whole days are read from the days", () => {
  using store = opened();
  const { ledger } = store;
  for (let hour = 0; hour < 48; hour++) ledger.append("local", [ledgerEntry(hour * HOUR_MS, { costNanoUsd: 1 })], []);
  const cost = (fromMs?: number, toMs?: number) => ledger.usage({ groupBy: [], fromMs, toMs })[0]?.costNanoUsd;
  const midnight = NOON_MS + 12 * HOUR_MS;
  expect(cost()).toBe(48);
  expect(cost(midnight, midnight + 24 * HOUR_MS)).toBe(24);
  expect(cost(midnight + HOUR_MS, midnight + 4 * HOUR_MS)).toBe(3);
  expect(cost(NOON_MS + HOUR_MS, NOON_MS + 47 * HOUR_MS)).toBe(46);
  expect(cost(NOON_MS + HOUR_MS)).toBe(47);
  expect(cost(undefined, NOON_MS + 47 * HOUR_MS)).toBe(47);
  expect(ledger.usage({ groupBy: ["hour"], fromMs: NOON_MS, toMs: NOON_MS + 3 * HOUR_MS }).length).toBe(3);
  expect(() => ledger.usage({ groupBy: ["hour"] })).toThrow("31 days");
  expect(ledger.usage({ groupBy: ["day"], fromMs: midnight + 240 * HOUR_MS })).toEqual([]);
});

test("tags: a call is counted under each of its own, once in all; too many of a day are other", () => {
  using store = opened();
  const { ledger } = store;
  ledger.append(
    "local",
    [ledgerEntry(1, { costNanoUsd: 5, tags: { app: "a", env: "x" } }), ledgerEntry(2, { costNanoUsd: 7 })],
    [],
  );
  expect(ledger.usage({ groupBy: [] })[0]!.costNanoUsd).toBe(12);
  expect(ledger.usage({ groupBy: ["tag"] }).map(({ groups, costNanoUsd }) => [groups.tag, costNanoUsd])).toEqual([
    ["app=a", 5],
    ["env=x", 5],
  ]);
  const many = Array.from({ length: 1_500 }, (_, n) => ledgerEntry(n, { costNanoUsd: 1, tags: { id: String(n) } }));
  ledger.append("local", many, []);
  const tags = ledger.usage({ groupBy: ["tag"] });
  expect(tags.length).toBeLessThanOrEqual(1_001);
  expect(tags.find(({ groups }) => groups.tag === "other")!.costNanoUsd).toBeGreaterThan(400);
});

const REQUEST = { budget: "b", startMs: 0, fromMs: 0, limitNanoUsd: 1_000, freeNanoUsd: 0, sliceNanoUsd: 0 };
/** One call that needs this much of every level that is asked for. */
const needs = (amountNanoUsd: number, ...requests: number[]) => [
  { requests: requests.length > 0 ? requests : [0], amountNanoUsd },
];

test("a cost leaves the lease and is spent, in one transaction", () => {
  using store = opened();
  const [lease] = store.budgets.lease("local", [REQUEST], needs(400));
  store.ledger.append("local", [ledgerEntry(1, { costNanoUsd: 150, windows: [lease!.window] })], []);
  expect(store.budgets.windows()).toMatchObject([{ spentNanoUsd: 150, leasedNanoUsd: 250 }]);
  store.budgets.giveBack("local", [{ window: lease!.window, amountNanoUsd: 250 }]);
  expect(store.budgets.lease("other", [REQUEST], needs(900))).toMatchObject([
    { grantedNanoUsd: 850, restNanoUsd: 0, spentNanoUsd: 150 },
  ]);
});

test("two nodes never lease the same money, and one's crash leaves the other's lease alone", () => {
  using store = opened();
  expect(store.budgets.lease("a", [REQUEST], needs(600))[0]!.grantedNanoUsd).toBe(600);
  expect(store.budgets.lease("b", [REQUEST], needs(600))[0]!.grantedNanoUsd).toBe(400);
  expect(store.budgets.recover("a")).toEqual([{ budget: "b", startMs: 0, amountNanoUsd: 600 }]);
  expect(store.budgets.recover("a")).toEqual([]);
  expect(store.budgets.windows()).toMatchObject([{ uncertainNanoUsd: 600, leasedNanoUsd: 400 }]);
});

test("a slice beyond the need is at most a twentieth of the rest", () => {
  using store = opened();
  expect(store.budgets.lease("a", [{ ...REQUEST, sliceNanoUsd: 500 }], needs(10))[0]!.grantedNanoUsd).toBe(50);
});

test("what is free already is topped up to a slice, not by one", () => {
  using store = opened();
  const granted = (freeNanoUsd: number) =>
    store.budgets.lease("a", [{ ...REQUEST, limitNanoUsd: 100_000, freeNanoUsd, sliceNanoUsd: 500 }], [])[0]!
      .grantedNanoUsd;
  expect([granted(0), granted(200), granted(700), granted(-100)]).toEqual([500, 300, 0, 500]);
});

test.each<[string, [limit: number, free: number][], number[][], number[]]>([
  [
    "all of it where every level has it",
    [
      [1_000, 0],
      [500, 0],
    ],
    [[0, 1]],
    [100, 100],
  ],
  [
    "only what is not there already",
    [
      [1_000, 30],
      [500, 100],
    ],
    [[0, 1]],
    [70, 0],
  ],
  [
    "what was spent too much as well",
    [
      [1_000, -20],
      [500, 0],
    ],
    [[0, 1]],
    [120, 100],
  ],
  [
    "on each level what the tightest has left",
    [
      [1_000, 0],
      [40, 0],
    ],
    [[0, 1]],
    [40, 40],
  ],
  [
    "nothing anywhere for those who come too late",
    [
      [1_000, 0],
      [250, 0],
    ],
    [
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 1],
    ],
    [250, 250],
  ],
  [
    "nothing where the tightest is overdrawn",
    [
      [1_000, 0],
      [0, -5],
    ],
    [[0, 1]],
    [0, 0],
  ],
  [
    "others who are not on the tightest level",
    [
      [1_000, 0],
      [40, 0],
    ],
    [[0, 1], [0], [0, 1]],
    [140, 40],
  ],
])("calls get %s", (_, levels, calls, granted) => {
  using store = opened();
  const requests = levels.map(([limitNanoUsd, freeNanoUsd], i) => {
    return { ...REQUEST, budget: `b${i}`, limitNanoUsd, freeNanoUsd };
  });
  const leases = store.budgets.lease(
    "a",
    requests,
    calls.flatMap((places) => needs(100, ...places)),
  );
  expect(leases.map(({ grantedNanoUsd }) => grantedNanoUsd)).toEqual(granted);
});

test("ended windows go when the next begins, unless something of them is still leased", () => {
  using store = opened();
  const at = (startMs: number, amountNanoUsd: number) =>
    store.budgets.lease("a", [{ ...REQUEST, startMs, fromMs: startMs }], needs(amountNanoUsd))[0]!;
  const first = at(0, 10);
  at(1, 0);
  expect(store.budgets.windows().map(({ startMs }) => startMs)).toEqual([0, 1]);
  store.budgets.giveBack("a", [{ window: first.window, amountNanoUsd: 10 }]);
  at(2, 0);
  expect(store.budgets.windows().map(({ startMs }) => startMs)).toEqual([2]);
});

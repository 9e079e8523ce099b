import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { GatewayError } from "../../src/canonical/errors.ts";
import { bucketOf, HISTOGRAM_BOUNDS_MS, quantileMs } from "../../src/store/histogram.ts";
import type { Store } from "../../src/store/ports.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import type { StatsQuery } from "../../src/store/stats-ports.ts";
import { NOON_MS, rejection, requestRow, temporaryDirectory } from "./support.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let directory: ReturnType<typeof temporaryDirectory>;
let store: Store;
beforeEach(async () => {
  directory = temporaryDirectory();
  store = await openStore({ path: directory.path });
});
afterEach(async () => {
  await store.close();
  directory[Symbol.dispose]();
});

const read = async (query: Partial<StatsQuery> = {}) =>
  (await store.stats.read({ fromMs: NOON_MS - DAY_MS, toMs: NOON_MS + DAY_MS, groupBy: [], ...query })).rows;

/** Two minutes: at noon a good call, a failed one and one that fell back; an hour later a hit of the cache. */
const ROWS = [
  requestRow(1),
  requestRow(2, {
    status: 502,
    provider: null,
    target: null,
    keyName: "other",
    team: null,
    costNanoUsd: null,
    usage: null,
  }),
  requestRow(3, { failover: true, provider: "claude", target: "claude/sonnet", status: 200, model: "smart" }),
  requestRow(4, { startedAtMs: NOON_MS + HOUR_MS, cache: "exact", costNanoUsd: 0, stream: false }),
];

describe("sums", () => {
  beforeEach(() => store.requests.append(ROWS));

  test("of everything", async () => {
    expect(await read()).toEqual([
      expect.objectContaining({
        startMs: null,
        requests: 4,
        errors: 1,
        serverErrors: 1,
        failovers: 1,
        cacheHits: 1,
        inputTokens: 3_600,
        outputTokens: 1_050,
        costNanoUsd: 780_000,
        overheadUs: 4 * 875,
      }),
    ]);
  });

  test("streams alone have a first token, every call a duration", async () => {
    const [all] = await read();
    const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
    expect(sum(all!.firstTokens)).toBe(3);
    expect(sum(all!.durations)).toBe(4);
    expect(all!.firstTokens[bucketOf(240.5)]).toBe(3);
  });

  const groups: [StatsQuery["groupBy"], Record<string, unknown>[]][] = [
    [["provider"], [{ provider: null }, { provider: "claude" }, { provider: "openai" }]],
    [["status"], [{ status: "2xx" }, { status: "5xx" }]],
    [
      ["failover", "cache"],
      [
        { failover: false, cache: "exact" },
        { failover: false, cache: "off" },
        { failover: true, cache: "off" },
      ],
    ],
    [
      ["key", "team"],
      [
        { key: "ci", team: "search" },
        { key: "other", team: null },
      ],
    ],
    [["model"], [{ model: "fast" }, { model: "smart" }]],
  ];
  test.each(groups)("by %j", async (groupBy, expected) => {
    const rows = await read({ groupBy });
    expect(rows.map((row) => row.groups)).toEqual(expected as never);
    expect(rows.reduce((total, { requests }) => total + requests, 0)).toBe(4);
  });

  test.each(["minute", "hour", "day"] as const)("by the %s", async (bucket) => {
    const lengthMs = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS }[bucket];
    const rows = await read({ bucket, fromMs: NOON_MS - HOUR_MS, toMs: NOON_MS + 2 * HOUR_MS });
    const noon = NOON_MS - (NOON_MS % lengthMs);
    const expected =
      bucket === "day"
        ? [[noon, 4]]
        : [
            [noon, 3],
            [NOON_MS + HOUR_MS, 1],
          ];
    expect(rows.map(({ startMs, requests }) => [startMs!, requests])).toEqual(expected);
  });

  test("several buckets in a row", async () => {
    const rows = await read({ bucket: "hour", every: 6, fromMs: NOON_MS, toMs: NOON_MS + 3 * HOUR_MS });
    expect(rows.map(({ startMs, requests }) => [startMs, requests])).toEqual([[NOON_MS, 4]]);
  });

  const filters: [Partial<StatsQuery>, number][] = [
    [{ model: "smart" }, 1],
    [{ provider: "openai" }, 2],
    [{ key: "other" }, 1],
    [{ team: "search" }, 3],
    [{ team: "search", key: "other" }, 0],
    [{ model: "x' or 1=1 --" }, 0],
  ];
  test.each(filters)("only %j", async (filter, requests) => {
    expect((await read(filter)).reduce((total, row) => total + row.requests, 0)).toBe(requests);
  });

  test("a batch that is sent again counts once", async () => {
    await store.requests.append(ROWS);
    expect((await read())[0]?.requests).toBe(4);
  });

  test("they outlive the rows", async () => {
    await store.requests.deleteBefore(NOON_MS + DAY_MS, 100);
    expect((await store.requests.list({}, { limit: 10 })).data).toEqual([]);
    expect((await read())[0]?.requests).toBe(4);
  });

  test("nothing there is no row", async () => expect(await read({ toMs: NOON_MS - HOUR_MS })).toEqual([]));
});

test.each([
  ["from noon to noon", NOON_MS, NOON_MS + 4 * DAY_MS, 96],
  ["from midnight to midnight", NOON_MS - 12 * HOUR_MS, NOON_MS + 84 * HOUR_MS, 84],
  ["within two days", NOON_MS + 6 * HOUR_MS, NOON_MS + 22 * HOUR_MS, 16],
  ["with a part of an hour at each end", NOON_MS + HOUR_MS + MINUTE_MS, NOON_MS + 50 * HOUR_MS + MINUTE_MS, 50],
])("a total over days counts every hour once, %s", async (_, fromMs, toMs, hours) => {
  const starts = Array.from({ length: 4 * 24 + 12 }, (_, hour) => NOON_MS + hour * HOUR_MS);
  await store.requests.append(starts.map((startedAtMs, n) => requestRow(n, { startedAtMs })));
  for (const groupBy of [[], ["key"]] as const) {
    const rows = await read({ fromMs, toMs, groupBy: [...groupBy] });
    expect(rows.map(({ requests }) => requests)).toEqual([hours]);
  }
});

test("a model's name that clients make up is no row of its own", async () => {
  const unknown = { status: 404, code: "model_not_found", attempts: [], provider: null, target: null, usage: null };
  await store.requests.append([1, 2, 3].map((n) => requestRow(n, { ...unknown, model: `made-up-${n}` })));
  expect((await read({ groupBy: ["model"] })).map(({ groups, requests }) => [groups.model, requests])).toEqual([
    [null, 3],
  ]);
});

const refusals: [string, Partial<StatsQuery>][] = [
  ["minutes over more than a day", { bucket: "minute", toMs: NOON_MS + 2 * DAY_MS }],
  ["hours over more than 31 days", { bucket: "hour", toMs: NOON_MS + 32 * DAY_MS }],
  ["an end before its start", { toMs: NOON_MS - 2 * DAY_MS }],
];
test.each(refusals)("%s are refused", async (_, query) => {
  const error = await rejection(read(query));
  expect(error).toBeInstanceOf(GatewayError);
  expect(error).toMatchObject({ code: "invalid_request", param: "from" });
});

test("the finer ones are forgotten first, in portions", async () => {
  const rows = Array.from({ length: 6 }, (_, n) => requestRow(n, { startedAtMs: NOON_MS + n * MINUTE_MS }));
  await store.requests.append(rows);
  const counts = () => {
    const database = new Database(`${directory.path}/log.db`, { readonly: true });
    const found = database.query("select grain, count(*) from stats group by grain").values();
    database.close();
    return Object.fromEntries(found);
  };
  expect(counts()).toEqual({ 1: 12, 60: 2, 1440: 2 });
  expect(await store.stats.deleteExpired(NOON_MS + 3 * DAY_MS, 4)).toBe(4);
  expect(counts()).toEqual({ 1: 8, 60: 2, 1440: 2 });
  while ((await store.stats.deleteExpired(NOON_MS + 3 * DAY_MS, 4)) > 0) {}
  expect(counts()).toEqual({ 60: 2, 1440: 2 });
  while ((await store.stats.deleteExpired(NOON_MS + 200 * DAY_MS, 4)) > 0) {}
  expect(counts()).toEqual({ 1440: 2 });
});

describe("percentiles from buckets", () => {
  test("lie within the bucket that holds them", () => {
    const counts = HISTOGRAM_BOUNDS_MS.map(() => 0).concat(0);
    for (let ms = 1; ms <= 1_000; ms++) counts[bucketOf(ms)]! += 1;
    for (const quantile of [0.1, 0.5, 0.9, 0.99]) {
      const exact = quantile * 1_000;
      const found = quantileMs(counts, quantile)!;
      expect(bucketOf(found)).toBe(bucketOf(exact));
      expect(Math.abs(found - exact)).toBeLessThan(500);
    }
  });
  test("of nothing are unknown, beyond the last bound at least that bound", () => {
    expect(quantileMs([0, 0], 0.5)).toBeNull();
    const beyond = HISTOGRAM_BOUNDS_MS.map(() => 0).concat(1);
    expect(quantileMs(beyond, 0.5)).toBe(60_000);
  });
});

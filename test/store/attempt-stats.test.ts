import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { GatewayError } from "../../src/canonical/errors.ts";
import type { AttemptRecord } from "../../src/canonical/record.ts";
import { bucketOf } from "../../src/store/histogram.ts";
import type { Store } from "../../src/store/ports.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import type { AttemptStatsQuery } from "../../src/store/stats-ports.ts";
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

const read = async (query: Partial<AttemptStatsQuery> = {}) =>
  (await store.stats.attempts({ fromMs: NOON_MS - DAY_MS, toMs: NOON_MS + DAY_MS, groupBy: [], ...query })).rows;

const attempt = (target: string, over: Partial<AttemptRecord>): AttemptRecord => ({
  target,
  provider: target.split("/")[0]!,
  model: target.split("/")[1]!,
  key: "key-1",
  kind: "first",
  startMs: 0,
  outcome: "ok",
  ...over,
});

const failure = (target: string, reason: AttemptRecord["reason"]) =>
  attempt(target, { outcome: "failed", class: "server_error" as never, reason: reason! });
const skipping = (target: string) => ({ strategy: "fallback", seed: 1, candidates: [{ target, skipped: "open" }] });

const ROWS = [
  requestRow(1),
  // Twice at one target, then at another.
  requestRow(2, {
    failover: true,
    attempts: [
      failure("openai/a", "server"),
      failure("openai/a", "timeout"),
      attempt("claude/b", { kind: "failover", firstContentMs: 700 }),
    ],
  }),
  // The caller's own fault.
  requestRow(3, { status: 400, attempts: [failure("openai/a", "invalid")] }),
  // Known to be unwell: no attempt there.
  requestRow(4, {
    failover: true,
    startedAtMs: NOON_MS + HOUR_MS,
    attempts: [attempt("claude/b", { firstContentMs: 650 })],
    explanation: [skipping("openai/a")],
  }),
  requestRow(5, { model: "smart", attempts: [attempt("claude/b", { outcome: "cancelled" })] }),
  requestRow(6, { attempts: [attempt("claude/b", { outcome: "pending" })] }),
];

describe("sums of attempts", () => {
  beforeEach(() => store.requests.append(ROWS));

  test("of each provider: what it failed, what it refused, where it was passed over", async () => {
    const counts = (await read({ groupBy: ["provider"] })).map(({ firstTokens, startMs, ...counts }) => counts);
    expect(counts).toEqual([
      { groups: { provider: "claude" }, ok: 2, failed: 0, refused: 0, cancelled: 1, skipped: 0 },
      { groups: { provider: "openai" }, ok: 1, failed: 2, refused: 1, cancelled: 0, skipped: 1 },
    ]);
  });

  test("where calls went instead, and why", async () => {
    const rows = await read({ groupBy: ["target", "outcome", "to"], failover: true });
    expect(rows.map(({ groups, failed, skipped }) => ({ ...groups, failed, skipped }))).toEqual([
      { target: "openai/a", outcome: "skipped", to: "claude/b", failed: 0, skipped: 1 },
      { target: "openai/a", outcome: "timeout", to: "claude/b", failed: 1, skipped: 0 },
    ]);
  });

  test("the first token is timed from the attempt's own start, of streams alone", async () => {
    await store.requests.append([
      requestRow(7, { stream: false, attempts: [attempt("claude/b", { firstContentMs: 5 })] }),
    ]);
    const [claude] = await read({ groupBy: ["provider"], provider: "claude" });
    expect(claude!.firstTokens[bucketOf(700)]).toBe(2);
    expect(claude!.firstTokens[bucketOf(5)]).toBe(0);
  });

  test.each(["minute", "hour", "day"] as const)("by the %s", async (bucket) => {
    const rows = await read({ bucket, fromMs: NOON_MS - HOUR_MS, toMs: NOON_MS + 2 * HOUR_MS });
    expect(rows.map(({ ok }) => ok)).toEqual(bucket === "day" ? [3] : [2, 1]);
  });

  test("several buckets in a row", async () => {
    const rows = await read({ bucket: "minute", every: 30, fromMs: NOON_MS + MINUTE_MS, toMs: NOON_MS + 2 * HOUR_MS });
    expect(rows.map(({ startMs, ok }) => [startMs, ok])).toEqual([
      [NOON_MS, 2],
      [NOON_MS + HOUR_MS, 1],
    ]);
  });

  test("of one model", async () => {
    expect((await read({ model: "smart" })).map(({ cancelled }) => cancelled)).toEqual([1]);
    expect(await read({ model: "x' or 1=1 --" })).toEqual([]);
  });

  test("a batch that is sent again counts once", async () => {
    await store.requests.append(ROWS);
    expect((await read())[0]!.ok).toBe(3);
  });

  test("minutes are forgotten after two days, hours and days are not", async () => {
    while ((await store.stats.deleteExpired(NOON_MS + 3 * DAY_MS, 1)) > 0);
    expect(await read({ bucket: "minute", fromMs: NOON_MS - HOUR_MS, toMs: NOON_MS + HOUR_MS })).toEqual([]);
    expect((await read({ bucket: "hour" })).map(({ ok }) => ok)).toEqual([2, 1]);
  });
});

test("a time that is too long for its bucket is refused", async () => {
  const error = await rejection(read({ bucket: "minute", fromMs: NOON_MS - 3 * DAY_MS }));
  expect(error).toBeInstanceOf(GatewayError);
  expect((error as GatewayError).code).toBe("invalid_request");
});

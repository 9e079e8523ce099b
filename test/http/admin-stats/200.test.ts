import { afterEach, beforeEach, expect, test } from "bun:test";
import { HISTOGRAM_BUCKETS } from "../../../src/store/histogram.ts";
import type { StatsQuery, StatsRow } from "../../../src/store/stats-ports.ts";
import { type StandIn, standIn } from "../stand-in.ts";

const FROM = "2026-01-12T12:00:00.000Z";
const TO = "2026-01-12T13:00:00.000Z";

function row(over: Partial<StatsRow> = {}): StatsRow {
  const none = Array.from({ length: HISTOGRAM_BUCKETS }, () => 0);
  return {
    startMs: Date.parse(FROM),
    groups: { provider: "openai", failover: false },
    requests: 4,
    errors: 2,
    serverErrors: 1,
    failovers: 1,
    cacheHits: 1,
    inputTokens: 10,
    cacheReadTokens: 2,
    cacheWriteTokens: 3,
    outputTokens: 5,
    reasoningTokens: 1,
    costNanoUsd: 1_500_000,
    overheadUs: 2_600,
    firstTokens: none.with(4, 2),
    durations: none,
    ...over,
  };
}

let gateway: StandIn;
let asked: StatsQuery[];
beforeEach(() => {
  asked = [];
  gateway = standIn();
  gateway.ports.admin.stats = async (query) => {
    asked.push(query);
    return { grain: "minute", fromMs: query.fromMs, toMs: query.toMs, rows: [row()] };
  };
});
afterEach(() => gateway.stop());

const get = (query: string, token = "viewer-token") =>
  gateway.get(`/admin/stats${query}`, { authorization: `Bearer ${token}` });

test("sums by bucket and group, percentiles from the buckets", async () => {
  const response = await get(`?from=${FROM}&to=${TO}&bucket=minute&group_by=provider,failover`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    data: [
      {
        start: FROM,
        provider: "openai",
        failover: false,
        requests: 4,
        errors: 2,
        server_errors: 1,
        failovers: 1,
        cache_hits: 1,
        input_tokens: 10,
        cache_read_tokens: 2,
        cache_write_tokens: 3,
        output_tokens: 5,
        reasoning_tokens: 1,
        cost_usd: "0.0015",
        overhead_ms: 0.7,
        first_token_p50_ms: 325,
        first_token_p95_ms: 393,
        total_p50_ms: null,
        total_p95_ms: null,
      },
    ],
    next: null,
    grain: "minute",
    from: FROM,
    to: TO,
  });
  expect(asked).toEqual([
    { fromMs: Date.parse(FROM), toMs: Date.parse(TO), bucket: "minute", groupBy: ["provider", "failover"] },
  ]);
});

test("without a time the last day, without a bucket one row a group", async () => {
  await get("?model=fast&key=ci");
  const now = gateway.clock.now();
  expect(asked).toEqual([{ fromMs: now - 86_400_000, toMs: now, groupBy: [], model: "fast", key: "ci" }]);
});

test("a time before now is taken by the gateway's clock", async () => {
  await get("?from=-24h&to=-30m&bucket=minute&every=10");
  const now = gateway.clock.now();
  expect(asked).toEqual([
    { fromMs: now - 86_400_000, toMs: now - 1_800_000, groupBy: [], bucket: "minute", every: 10 },
  ]);
});

test("a team's session sees its team alone", async () => {
  await get("?group_by=key", "team-token");
  expect(asked[0]?.team).toBe("search");
  const other = await get("?team=other", "team-token");
  expect((await other.json()) as unknown).toMatchObject({ data: [] });
  expect(asked.map(({ team }) => team)).toEqual(["search", "search"]);
});

const wrong: [string, string][] = [
  ["?bucket=second", "bucket"],
  ["?group_by=model,tag", "group_by"],
  ["?from=yesterday", "from"],
  ["?status=5xx", "status"],
];
test.each(wrong)("400 for %s", async (query, param) => {
  const response = await get(query);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { param } });
});

import { afterEach, beforeEach, expect, test } from "bun:test";
import { HISTOGRAM_BUCKETS } from "../../../src/store/histogram.ts";
import type { AttemptStatsQuery } from "../../../src/store/stats-ports.ts";
import { type StandIn, standIn } from "../stand-in.ts";

const FROM = "2026-01-12T12:00:00.000Z";
const TO = "2026-01-12T13:00:00.000Z";

let gateway: StandIn;
let asked: AttemptStatsQuery[];
beforeEach(() => {
  asked = [];
  gateway = standIn();
  gateway.ports.admin.attempts = async (query) => {
    asked.push(query);
    const firstTokens = Array.from({ length: HISTOGRAM_BUCKETS }, () => 0).with(4, 2);
    const counts = { ok: 2, failed: 1, refused: 0, cancelled: 3, skipped: 4, firstTokens };
    const row = { startMs: Date.parse(FROM), groups: { target: "openai/a", to: null }, ...counts };
    return { grain: "minute", fromMs: query.fromMs, toMs: query.toMs, rows: [row] };
  };
});
afterEach(() => gateway.stop());

const get = (query: string) => gateway.get(`/admin/stats/attempts${query}`, { authorization: "Bearer viewer-token" });

test("counts by bucket and group, percentiles from the buckets", async () => {
  const response = await get(
    `?from=${FROM}&to=${TO}&bucket=minute&every=10&group_by=target,to,target&provider=openai&model=fast`,
  );
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    data: [
      {
        start: FROM,
        target: "openai/a",
        to: null,
        ok: 2,
        failed: 1,
        refused: 0,
        cancelled: 3,
        skipped: 4,
        first_token_p50_ms: 325,
        first_token_p95_ms: 393,
      },
    ],
    next: null,
    grain: "minute",
    from: FROM,
    to: TO,
  });
  expect(asked).toEqual([
    {
      fromMs: Date.parse(FROM),
      toMs: Date.parse(TO),
      bucket: "minute",
      every: 10,
      groupBy: ["target", "to"],
      model: "fast",
      provider: "openai",
    },
  ]);
});

test("without a time the last day", async () => {
  await get("");
  const now = gateway.clock.now();
  expect(asked).toEqual([{ fromMs: now - 86_400_000, toMs: now, groupBy: [] }]);
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { UsageQuery } from "../../../src/store/budget-ports.ts";
import { adminStandIn } from "../admin-access.ts";
import { type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
let asked: UsageQuery[] = [];
beforeAll(() => {
  gateway = standIn();
  gateway.ports.admin.usage = async (query) => {
    asked.push(query);
    const sums = {
      requests: 2,
      inputTokens: 10,
      cacheReadTokens: 1,
      cacheWriteTokens: 0,
      outputTokens: 4,
      reasoningTokens: 3,
    };
    return [{ groups: { day: "2026-11-23T00:00:00.000Z", key: null }, ...sums, costNanoUsd: 1_500 }];
  };
});
afterAll(() => gateway.stop());

const get = (query: string, token = "admin-token") => {
  asked = [];
  return gateway.get(`/admin/usage${query}`, { authorization: `Bearer ${token}` });
};

test("rows have their groups, the token buckets and the exact cost", async () => {
  const response = await get("?group_by=day,key&from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z&team=search");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    data: [
      {
        day: "2026-11-23T00:00:00.000Z",
        key: null,
        requests: 2,
        input_tokens: 10,
        cache_read_tokens: 1,
        cache_write_tokens: 0,
        output_tokens: 4,
        reasoning_tokens: 3,
        cost_usd: "0.0000015",
      },
    ],
    next: null,
  });
  const [fromMs, toMs] = [Date.UTC(2026, 10, 1), Date.UTC(2026, 11, 1)];
  expect(asked).toMatchObject([{ groupBy: ["day", "key"], fromMs, toMs, team: "search" }]);
});

test("a report by the hour ends now, unless it says otherwise; others have no end", async () => {
  const nowMs = gateway.ports.clock.now();
  await get("?group_by=hour&from=-24h");
  const [{ fromMs, toMs }] = asked as [UsageQuery];
  expect(toMs! - fromMs!).toBe(86_400_000);
  expect(toMs!).toBeGreaterThanOrEqual(nowMs);
  await get("?group_by=hour&from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z");
  expect(asked).toMatchObject([{ toMs: Date.UTC(2026, 10, 2) }]);
  await get("?group_by=day&from=-24h");
  expect(asked[0]!.toMs).toBeUndefined();
});

test("a team sees its own usage, whatever it asks for", async () => {
  await get("?group_by=key", "team-token");
  expect(asked).toMatchObject([{ team: "search" }]);
  const other = await get("?group_by=key&team=ops", "team-token");
  expect(await other.json()).toEqual({ data: [], next: null });
  expect(asked).toEqual([]);
});

test("a long report is read in pages, from the real ledger", async () => {
  await using admin = await adminStandIn();
  const names = { team: null, model: "m", provider: "p", keyName: null, customer: null, tags: null, usage: null };
  const calls = Array.from({ length: 5 }, (_, n) => ({ ...names, atMs: Date.UTC(2026, 0, 1 + n) }));
  await admin.open.store.ledger.append("local", [], calls);
  const days: string[][] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { json } = await admin.send("GET", `/admin/usage?group_by=day&limit=2${cursor && `&cursor=${cursor}`}`);
    days.push(json.data.map(({ day }: { day: string }) => day.slice(8, 10)));
    cursor = json.next;
  }
  expect(days).toEqual([["01", "02"], ["03", "04"], ["05"]]);
});

test.each([
  ["?group_by=moon", "group_by"],
  ["?group_by=day,", "group_by"],
  ["?from=2026", "from"],
  ["?groupby=day", "groupby"],
  ["?limit=0", "limit"],
  ["?limit=10001", "limit"],
  ["?cursor=nonsense", "cursor"],
  ["?cursor=KzEuNQ", "cursor"],
])("400 for %s", async (query, param) => {
  const response = await get(query);
  expect(response.status).toBe(400);
  expect((await response.json()).error.param).toBe(param);
});

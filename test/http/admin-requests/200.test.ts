import { afterEach, expect, test } from "bun:test";
import type { RequestFilter, RequestRow } from "../../../src/store/ports.ts";
import { type StandIn, standIn } from "../stand-in.ts";
import { ROW, ROW_JSON } from "./rows.ts";

let gateway: StandIn;
afterEach(() => gateway.stop());

type Asked = { filter: RequestFilter; page: { limit: number; cursor?: string } };

function withLog(rows: RequestRow[], next: string | null = null): Asked[] {
  const asked: Asked[] = [];
  gateway = standIn();
  gateway.ports.admin.requests.list = async (filter, page) => {
    asked.push({ filter, page });
    return { data: rows, next };
  };
  return asked;
}

const list = (query = "") => gateway.get(`/admin/requests${query}`, { authorization: "Bearer viewer-token" });

test("rows are snake_case, times RFC 3339, money decimal strings", async () => {
  withLog([ROW], "c2");
  const response = await list();
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toEqual({ data: [ROW_JSON], next: "c2" });
});

test("without a price the cost is null, not 0", async () => {
  withLog([{ ...ROW, costNanoUsd: null, usage: null, attempts: [] }]);
  const { data } = await (await list()).json();
  expect(data[0]).toMatchObject({ cost_usd: null, usage: null });
});

test.each([
  ["", {}, { limit: 50 }],
  ["?limit=1000&cursor=abc", {}, { limit: 1_000, cursor: "abc" }],
  [
    "?model=fast&provider=a&target=a/m&key=ci&team=t&text=x%20y",
    { model: "fast", provider: "a", target: "a/m", key: "ci", team: "t", text: "x y" },
    { limit: 50 },
  ],
  ["?status=502", { status: "502" }, { limit: 50 }],
  ["?status=5xx&failover=true&cache=miss", { status: "5xx", failover: true, cache: "miss" }, { limit: 50 }],
  ["?failover=false", { failover: false }, { limit: 50 }],
  [
    "?from=2026-01-01T00:00:00Z&to=2026-01-01T02:00:00%2B01:00",
    { fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2026, 0, 1, 1) },
    { limit: 50 },
  ],
])("%s", async (query, filter, page) => {
  const asked = withLog([]);
  expect((await list(query)).status).toBe(200);
  expect(asked).toEqual([{ filter, page }] as Asked[]);
});

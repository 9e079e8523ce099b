import { expect, test } from "bun:test";
import type { AlertFilter, AlertRow } from "../../../src/store/alert-ports.ts";
import { standIn } from "../stand-in.ts";

const VIEWER = { authorization: "Bearer viewer-token" };
const AT = Date.UTC(2026, 0, 12, 12);

const ROW: AlertRow = {
  id: "alert_1",
  rule: "failovers",
  when: "failover_rate > 5% for 5m",
  metric: "failover_rate",
  threshold: 0.05,
  value: 0.2,
  worst: 0.4,
  details: ["a/m"],
  pendingSinceMs: AT - 300_000,
  firedAtMs: AT,
  resolvedAtMs: null,
  resolution: null,
  notices: [{ channel: "slack", told: "firing", atMs: AT + 1, failures: 0, error: null }],
};
const RULE = {
  rule: "failovers",
  when: ROW.when,
  metric: ROW.metric,
  threshold: 0.05,
  model: "fast",
  eval: null,
  to: ["slack"],
  quiet: "22:00-06:00",
  isQuiet: true,
  state: "firing",
  value: 0.3,
  details: [],
  pendingSinceMs: null,
  episode: "alert_1",
} as const;
const PENDING = { ...RULE, rule: "errors", state: "pending", pendingSinceMs: AT, episode: null } as const;

function gateway() {
  const asked: { filter: AlertFilter; limit: number; cursor?: string }[] = [];
  const it = standIn();
  it.ports.admin.alerts = {
    rules: () => [RULE, PENDING],
    list: async (filter, page) => {
      asked.push({ filter, ...page });
      return { data: [ROW], next: "bmV4dA" };
    },
    test: async () => {},
  };
  return { ...it, asked };
}

test("what is pending comes first, then the episodes, with the value of now", async () => {
  const it = gateway();
  const response = await it.get("/admin/alerts?limit=1", VIEWER);
  expect(await response.json()).toEqual({
    data: [
      expect.objectContaining({
        id: null,
        rule: "errors",
        state: "pending",
        pending_since: "2026-01-12T12:00:00.000Z",
      }),
      {
        id: "alert_1",
        rule: "failovers",
        when: "failover_rate > 5% for 5m",
        metric: "failover_rate",
        threshold: 0.05,
        state: "firing",
        value: 0.3,
        worst: 0.4,
        details: ["a/m"],
        pending_since: "2026-01-12T11:55:00.000Z",
        fired_at: "2026-01-12T12:00:00.000Z",
        resolved_at: null,
        resolution: null,
        notices: [{ channel: "slack", told: "firing", at: "2026-01-12T12:00:00.001Z", failures: 0, error: null }],
      },
    ],
    next: "bmV4dA",
  });
  await it.get("/admin/alerts?state=firing&rule=failovers&cursor=bmV4dA", VIEWER);
  expect(it.asked).toEqual([
    { filter: { rule: undefined, state: undefined }, limit: 1, cursor: undefined },
    { filter: { rule: "failovers", state: "firing" }, limit: 50, cursor: "bmV4dA" },
  ]);
  await it.stop();
});

test("on later pages and among others nothing is pending", async () => {
  const it = gateway();
  const states = async (query: string) => {
    const { data } = (await (await it.get(`/admin/alerts?${query}`, VIEWER)).json()) as { data: { state: string }[] };
    return data.map(({ state }) => state);
  };
  expect(await states("cursor=bmV4dA")).toEqual(["firing"]);
  expect(await states("state=firing")).toEqual(["firing"]);
  expect(await states("state=pending")).toEqual(["pending"]);
  expect(await states("state=pending&rule=failovers")).toEqual([]);
  await it.stop();
});

test("every rule with what it measures", async () => {
  const it = gateway();
  const response = await it.get("/admin/alerts/rules", VIEWER);
  expect(await response.json()).toMatchObject({
    data: [
      {
        rule: "failovers",
        state: "firing",
        value: 0.3,
        to: ["slack"],
        alert_id: "alert_1",
        pending_since: null,
        model: "fast",
        eval: null,
        quiet: "22:00-06:00",
        is_quiet: true,
      },
      { rule: "errors", state: "pending", alert_id: null },
    ],
    next: null,
  });
  await it.stop();
});

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import type { BudgetStatus } from "../../../src/budget/status.ts";
import type { AuditEntry } from "../../../src/store/ports.ts";
import { type StandIn, standIn } from "../stand-in.ts";

const budget = (over: Partial<BudgetStatus>): BudgetStatus => ({
  id: "budget_1",
  scope: "key",
  name: "ci",
  of: null,
  window: "day",
  rolling: false,
  model: null,
  provider: null,
  limitNanoUsd: 5_000_000_000,
  spentNanoUsd: 42_100_001,
  reservedNanoUsd: 7,
  uncertainNanoUsd: 3,
  refusedAtMs: Date.UTC(2026, 10, 23, 9),
  resetsAtMs: Date.UTC(2026, 10, 24),
  ...over,
});

let gateway: StandIn;
let budgets: BudgetStatus[];
let written: AuditEntry[];
beforeAll(() => {
  gateway = standIn();
  const change = async (id: string, entry: AuditEntry) => {
    const found = budgets.find((one) => one.id === id);
    if (!found) return undefined;
    written.push(entry);
    const taken = entry.action === "reset" ? found.spentNanoUsd : found.uncertainNanoUsd;
    found.spentNanoUsd -= taken;
    return taken;
  };
  gateway.ports.admin.budgets = { list: async () => budgets, reset: change, release: change };
});
beforeEach(() => {
  written = [];
  budgets = [
    budget({}),
    budget({ id: "budget_2", scope: "gateway", name: "gateway", window: "total", resetsAtMs: null }),
    budget({ id: "budget_3", scope: "team", name: "search" }),
  ];
});
afterAll(() => gateway.stop());

const admin = { authorization: "Bearer admin-token" };

test("shows money exactly and when it begins anew", async () => {
  const response = await gateway.get("/admin/budgets", admin);
  const { data, next } = await response.json();
  expect(next).toBeNull();
  expect(data.map(({ scope }: { scope: string }) => scope)).toEqual(["gateway", "team", "key"]);
  expect(data[2]).toEqual({
    id: "budget_1",
    scope: "key",
    name: "ci",
    of: null,
    window: "day",
    rolling: false,
    model: null,
    provider: null,
    limit_usd: "5",
    spent_usd: "0.042100001",
    reserved_usd: "0.000000007",
    uncertain_usd: "0.000000003",
    refused_at: "2026-11-23T09:00:00.000Z",
    resets_at: "2026-11-24T00:00:00.000Z",
  });
  expect(data[0].resets_at).toBeNull();
});

test.each([
  ["scope=team", ["budget_3"]],
  ["name=ci", ["budget_1"]],
  ["scope=key&name=search", []],
  ["limit=1", ["budget_2"]],
])("by %s", async (query, ids) => {
  const { data } = await (await gateway.get(`/admin/budgets?${query}`, admin)).json();
  expect(data.map(({ id }: { id: string }) => id)).toEqual(ids);
});

test.each([
  ["reset", "0", "0.042100001"],
  ["release", "0.042099998", "0.000000003"],
])("%s leaves %s spent and takes off %s, with an audit row", async (action, spent, taken) => {
  const response = await gateway.post(`/admin/budgets/budget_1/${action}`, {}, admin);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ id: "budget_1", spent_usd: spent, taken_off_usd: taken });
  expect(written).toMatchObject([
    { action, actor: "admin token", resource: "budget", resourceId: "budget_1", before: { spent_usd: "0.042100001" } },
  ]);
});

test("a team sees its own budgets, its keys' and their end users', and nobody else's", async () => {
  gateway.ports.admin.access = {
    ...gateway.ports.admin.access,
    list: () => [
      { id: "key_1", name: "ci", origin: "api", team: "search" },
      { id: "key_2", name: "theirs", origin: "api", team: "ops" },
    ],
  };
  budgets.push(
    budget({ id: "budget_4", name: "theirs" }),
    budget({ id: "budget_5", scope: "user", name: "ann", of: { scope: "key", name: "ci" } }),
    budget({ id: "budget_6", scope: "user", name: "search", of: { scope: "customer", name: "search" } }),
    budget({ id: "budget_7", scope: "team", name: "ops" }),
  );
  const { data } = await (await gateway.get("/admin/budgets", { authorization: "Bearer team-token" })).json();
  expect(data.map(({ id }: { id: string }) => id)).toEqual(["budget_3", "budget_1", "budget_5"]);
  expect(data[2].of).toEqual({ scope: "key", name: "ci" });
  expect((await gateway.post("/admin/budgets/budget_3/reset", {}, { authorization: "Bearer team-token" })).status).toBe(
    403,
  );
});

test("404 for a budget that is none, 400 for a field or scope that is none", async () => {
  expect((await gateway.post("/admin/budgets/budget_9/reset", {}, admin)).status).toBe(404);
  expect((await gateway.post("/admin/budgets/budget_1/reset", { amount: 1 }, admin)).status).toBe(400);
  expect((await gateway.get("/admin/budgets?scope=planet", admin)).status).toBe(400);
  expect(written).toEqual([]);
});

/** Who stands where in the table of budgets and keys. */
import { expect, test } from "bun:test";
import type { Budget, StatsRow } from "../../src/ui/api/types.ts";
import { above, below, matching, type Parts, treeOf } from "../../src/ui/pages/keys/tree.ts";
import type { Level } from "../../src/ui/pages/keys/types.ts";

const level = (name: string, over: Partial<Level> = {}): Level => ({
  id: `id_${name}`,
  name,
  origin: "api",
  budgets: null,
  limits: null,
  perUser: null,
  models: null,
  providers: null,
  tags: null,
  expires: null,
  ips: null,
  disabled: false,
  created_at: null,
  updated_at: null,
  ...over,
});

const budget = (scope: Budget["scope"], name: string, spent: string, over: Partial<Budget> = {}): Budget => ({
  id: `budget_${scope}_${name}_${over.window ?? "day"}`,
  scope,
  name,
  of: null,
  window: "day",
  rolling: false,
  model: null,
  provider: null,
  limit_usd: "10",
  spent_usd: spent,
  reserved_usd: "0",
  uncertain_usd: "0",
  refused_at: null,
  resets_at: null,
  ...over,
});

const PARTS: Parts = {
  customers: [level("acme"), level("globex")],
  teams: [level("search", { customer: "acme" }), level("ops")],
  keys: [
    level("web", { team: "search", prefix: "eg_abc" }),
    level("batch", { team: "search" }),
    level("cron", { team: "ops" }),
    level("loose"),
    level("direct", { customer: "globex" }),
  ],
  budgets: [
    budget("gateway", "gateway", "1"),
    budget("key", "cron", "9"),
    budget("key", "batch", "5"),
    budget("key", "batch", "8", { window: "month" }),
    budget("user", "ann", "9.5", { of: { scope: "team", name: "search" } }),
  ],
  stats: [
    { key: "web", requests: 3, cost_usd: "0.5" },
    { key: "batch", requests: 4, cost_usd: "0.000000001" },
  ] as StatsRow[],
};

const lines = (parts: Parts) => treeOf(parts).map(({ depth, scope, name }) => `${" ".repeat(depth)}${scope} ${name}`);

test("gateway, customers, teams, keys, end users; who is near a limit first, end users last", () => {
  expect(lines(PARTS)).toEqual([
    "gateway Gateway",
    " customer acme",
    "  team search",
    "   key batch",
    "   key web",
    "   user ann",
    " team ops",
    "  key cron",
    " customer globex",
    "  key direct",
    " key loose",
  ]);
});

test("what keys used adds up to the gateway, to the last nano-dollar", () => {
  const sums = Object.fromEntries(
    treeOf(PARTS).map(({ name, requests, costNanoUsd }) => [name, [requests, costNanoUsd]]),
  );
  expect(sums["Gateway"]).toEqual([7, 500_000_001n]);
  expect(sums["acme"]).toEqual([7, 500_000_001n]);
  expect(sums["ops"]).toEqual([0, 0n]);
});

test("of several budgets the one nearest to its limit is told; what running calls hold counts", () => {
  const node = (parts: Parts) => treeOf(parts).find(({ name }) => name === "batch")!;
  expect(node(PARTS).budgets.map(({ window }) => window)).toEqual(["month", "day"]);
  const held = PARTS.budgets.map((one) => (one.id === "budget_key_batch_day" ? { ...one, reserved_usd: "4" } : one));
  expect(node({ ...PARTS, budgets: held }).share).toBeCloseTo(0.9);
});

test("who was refused stands before who has spent more", () => {
  const refused = budget("key", "loose", "2", { refused_at: "2026-11-23T09:00:00.000Z" });
  const nodes = treeOf({ ...PARTS, budgets: [...PARTS.budgets, refused] });
  expect(nodes.map(({ name }) => name).indexOf("loose")).toBe(1);
});

test.each([
  ["web", ["Gateway", "acme", "search", "web"]],
  ["EG_ABC", ["Gateway", "acme", "search", "web"]],
  ["ops", ["Gateway", "ops", "cron"]],
  ["nothing", []],
])("finding %p keeps the way there and what is below", (text, names) => {
  expect(matching(treeOf(PARTS), text).map(({ name }) => name)).toEqual(names);
});

test("above and below a level", () => {
  const nodes = treeOf(PARTS);
  const at = nodes.findIndex(({ name }) => name === "search");
  expect(above(nodes, at).map(({ name }) => name)).toEqual(["acme", "Gateway"]);
  expect(below(nodes, at).map(({ name }) => name)).toEqual(["batch", "web", "ann"]);
  expect(below(nodes, nodes.length - 1)).toEqual([]);
});

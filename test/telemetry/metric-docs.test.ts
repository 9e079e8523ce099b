/** The alert rules and the dashboard that are shipped speak of metrics and labels that exist. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { closedRecord, failedOverRecord } from "./support.ts";

const DOCS = `${import.meta.dir}/../../docs`;
const RULES = `${DOCS}/prometheus/alerts.yml`;

/** Names and labels of the public contract. */
const FAMILIES: Record<string, readonly string[]> = {
  requests_total: ["model", "provider", "target_model", "status", "cache", "failover"],
  failovers_total: ["model", "from", "to", "reason"],
  upstream_attempts_total: ["provider", "target_model", "outcome"],
  upstream_errors_total: ["provider", "target_model", "class"],
  request_duration_seconds: ["model", "provider"],
  overhead_seconds: ["model", "provider"],
  time_to_first_token_seconds: ["model", "provider"],
  inter_token_seconds: ["model", "provider"],
  tokens_total: ["type"],
  cost_usd_total: ["model", "provider", "team"],
  budget_limit_usd: ["scope", "name", "window"],
  budget_spent_usd: ["scope", "name", "window"],
  budget_reserved_usd: ["scope", "name", "window"],
  target_state: ["provider", "target_model", "key"],
  key_resting: ["provider", "key"],
  cache_requests_total: ["kind", "result"],
  cache_verified_total: ["result"],
  in_flight_requests: [],
  ledger_queue_length: [],
  build_info: ["version"],
};

async function scraped(): Promise<string> {
  const metrics = createMetrics({
    version: "1.2.3",
    now: () => 0,
    health: {
      channels: () => [{ provider: "openai", key: "key-1", model: "gpt-4o", breaker: { state: () => "open" } }],
      rests: { of: () => undefined },
    },
    inFlight: () => 0,
    ledgerQueueLength: () => 0,
    budgets: () => [
      { scope: "team", name: "a", window: "day", rolling: false, limitNanoUsd: 9, spentNanoUsd: 1, reservedNanoUsd: 1 },
    ],
  });
  metrics.sink(closedRecord({ cache: { status: "exact" } }));
  metrics.sink(failedOverRecord());
  metrics.cacheVerified("right");
  return (await metrics.render(false)).body;
}

const labelsOf = (series: string) =>
  [...series.matchAll(/([a-z_]+)="/g)].map((match) => match[1]!).filter((name) => name !== "le");

test("the families are those of the contract, with exactly its labels", async () => {
  const body = await scraped();
  const found: Record<string, string[]> = {};
  for (const [, name] of body.matchAll(/^# TYPE evergate_(\S+) /gm)) found[name!] = [];
  for (const [line, name] of body.matchAll(/^evergate_([a-z_]+?)(?:_bucket|_sum|_count)?(?:\{.*\})? .*$/gm)) {
    const family = name! in found ? name! : `${name}_count`;
    found[family] = labelsOf(line);
  }
  expect(found).toEqual(FAMILIES as Record<string, string[]>);
});

/** Names and labels in PromQL; a text with neither is a defect of the file. */
function spokenOf(expressions: readonly string[]): { names: string[]; labels: string[] } {
  const text = expressions.join("\n");
  const names = [...text.matchAll(/\b((?:evergate|process)_[a-z_]+)/g)].map((match) => match[1]!);
  const inBraces = [...text.matchAll(/\{([^}]*)\}/g)].flatMap((match) => [...match[1]!.matchAll(/([a-z_]+)\s*=~?/g)]);
  const grouped = [...text.matchAll(/by \(([^)]*)\)/g)].flatMap((match) =>
    match[1]!.split(/,\s*/).map((name) => [name, name]),
  );
  return { names, labels: [...inBraces, ...grouped].map((match) => match[1]!) };
}

async function expectKnown(expressions: readonly string[]): Promise<void> {
  const body = await scraped();
  const families = new Set([...body.matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1]!));
  const { names, labels } = spokenOf(expressions);
  expect(names.length).toBeGreaterThan(5);
  const base = (name: string) => (families.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, ""));
  expect(names.filter((name) => !families.has(base(name)))).toEqual([]);
  const known = new Set([...Object.values(FAMILIES).flat(), "le", "job", "instance"]);
  expect(labels.filter((label) => label !== "" && !known.has(label))).toEqual([]);
}

describe("Grafana's dashboard", () => {
  interface Panel {
    id: number;
    title: string;
    gridPos: { x: number; y: number; w: number; h: number };
    targets: { expr: string }[];
  }
  const dashboard = JSON.parse(readFileSync(`${DOCS}/grafana/evergate.json`, "utf8")) as {
    panels: Panel[];
    templating: { list: { query: { query: string } | string }[] };
  };

  test("speaks of what exists alone", async () => {
    const variables = dashboard.templating.list.map(({ query }) => (typeof query === "string" ? "" : query.query));
    const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    await expectKnown([...variables, ...expressions]);
  });

  test("shows every family of the contract but those that are in another's panel", () => {
    const text = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join("\n");
    expect(Object.keys(FAMILIES).filter((name) => !text.includes(`evergate_${name}`))).toEqual([]);
  });

  test("has panels of their own, none over another", () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe("alert rules", () => {
  test("speak of what exists alone", async () => {
    const { groups } = Bun.YAML.parse(readFileSync(RULES, "utf8")) as { groups: { rules: { expr: string }[] }[] };
    await expectKnown(groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)));
  });

  const promtool = Bun.which("promtool");
  test.skipIf(!promtool)("promtool takes them (needs promtool)", () => {
    const check = Bun.spawnSync([promtool!, "check", "rules", RULES]);
    expect(check.stdout.toString()).toContain("SUCCESS");
    expect(check.exitCode).toBe(0);
  });
});

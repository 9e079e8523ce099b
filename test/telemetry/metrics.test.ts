import { beforeEach, describe, expect, test } from "bun:test";
import type { CallRecord } from "../../src/canonical/record.ts";
import { MAX_LABEL_VALUES } from "../../src/telemetry/label-values.ts";
import { createMetrics, type HealthView, type Metrics } from "../../src/telemetry/metrics.ts";
import { attempt, closedRecord, failedOverRecord, OK, UPSTREAM_DOWN } from "./support.ts";

const NOW_MS = 1_768_219_200_000;
const QUIET: HealthView = { channels: () => [], rests: { of: () => undefined } };

let metrics: Metrics;
beforeEach(() => {
  metrics = createMetrics({
    version: "1.2.3",
    now: () => NOW_MS,
    health: QUIET,
    inFlight: () => 3,
    ledgerQueueLength: () => 7,
  });
});

/** The lines of one family, without the prefix. */
async function linesOf(family: string, from = metrics): Promise<string[]> {
  const { body } = await from.render(false);
  return body
    .split("\n")
    .filter((line) => line.startsWith(`evergate_${family}`) && !line.startsWith("#"))
    .map((line) => line.slice("evergate_".length));
}

const families: [string, Partial<CallRecord>, string, string[]][] = [
  [
    "an answered call",
    {},
    "requests_total",
    [
      'requests_total{model="fast",provider="openai",target_model="gpt-4o",status="200",cache="off",failover="false"} 1',
    ],
  ],
  [
    "a call refused at the door",
    {
      principal: undefined,
      model: undefined,
      answeredBy: undefined,
      attempts: [],
      outcome: { ok: false, code: "invalid_api_key", status: 401, source: "client", message: "No." },
    },
    "requests_total",
    ['requests_total{model="none",provider="none",target_model="none",status="401",cache="off",failover="false"} 1'],
  ],
  [
    "a name that no configuration knows",
    {
      model: "made-up",
      answeredBy: undefined,
      attempts: [],
      outcome: { ok: false, code: "model_not_found", status: 404, source: "client", message: "No." },
    },
    "requests_total",
    ['requests_total{model="other",provider="none",target_model="none",status="404",cache="off",failover="false"} 1'],
  ],
  [
    "a stream that broke after its head counts as what went wrong",
    { outcome: { ...UPSTREAM_DOWN, status: 200 } },
    "requests_total",
    [
      'requests_total{model="fast",provider="openai",target_model="gpt-4o",status="502",cache="off",failover="false"} 1',
    ],
  ],
  [
    "every bucket of tokens once",
    {},
    "tokens_total",
    [
      'tokens_total{type="input"} 100',
      'tokens_total{type="cache_read"} 20',
      'tokens_total{type="cache_write"} 10',
      'tokens_total{type="output"} 41',
      'tokens_total{type="reasoning"} 10',
    ],
  ],
  ["cost in USD", {}, "cost_usd_total", ['cost_usd_total{model="fast",provider="openai",team="search"} 0.0015']],
  ["an unknown cost is not a cost of zero", { costNanoUsd: null }, "cost_usd_total", []],
  ["no cache was asked", {}, "cache_requests_total", []],
  [
    "a hit",
    { cache: { status: "semantic" } },
    "cache_requests_total",
    ['cache_requests_total{kind="semantic",result="hit"} 1'],
  ],
  [
    "a miss",
    { cache: { status: "miss" } },
    "cache_requests_total",
    ['cache_requests_total{kind="none",result="miss"} 1'],
  ],
];
test.each(families)("%s: %j → %s", async (_, over, family, expected) => {
  metrics.sink(closedRecord(over));
  expect(await linesOf(family)).toEqual(expected);
});

test("a failover counts its step, both attempts and the failure's class", async () => {
  metrics.sink(failedOverRecord());
  expect(await linesOf("requests_total")).toEqual([
    'requests_total{model="fast",provider="claude",target_model="sonnet",status="200",cache="off",failover="true"} 1',
  ]);
  expect(await linesOf("failovers_total")).toEqual([
    'failovers_total{model="fast",from="openai/gpt-4o",to="claude/sonnet",reason="server"} 1',
  ]);
  expect(await linesOf("upstream_attempts_total")).toEqual([
    'upstream_attempts_total{provider="openai",target_model="gpt-4o",outcome="failed"} 1',
    'upstream_attempts_total{provider="claude",target_model="sonnet",outcome="ok"} 1',
  ]);
  const errors = await linesOf("upstream_errors_total");
  expect(errors.filter((line) => !line.endsWith(" 0"))).toEqual([
    'upstream_errors_total{provider="openai",target_model="gpt-4o",class="server"} 1',
  ]);
  // Without a beginning at 0 Prometheus would see no increase.
  expect(errors).toContain('upstream_errors_total{provider="claude",target_model="sonnet",class="rate_limited"} 0');
  expect(errors).toHaveLength(2 * 9);
});

test("retries at one target are attempts, not failovers", async () => {
  const down = { outcome: "failed", reason: "timeout" } as const;
  metrics.sink(
    closedRecord({
      attempts: [
        attempt(down),
        attempt({ ...down, kind: "retry" }),
        attempt({ ...down, target: "b/m", kind: "failover" }),
        attempt({ target: "c/m" }),
      ],
    }),
  );
  expect(await linesOf("failovers_total")).toEqual([
    'failovers_total{model="fast",from="openai/gpt-4o",to="b/m",reason="timeout"} 1',
    'failovers_total{model="fast",from="b/m",to="c/m",reason="timeout"} 1',
  ]);
  expect(await linesOf("upstream_errors_total")).toContain(
    'upstream_errors_total{provider="openai",target_model="gpt-4o",class="timeout"} 2',
  );
});

describe("times in seconds, by model and provider", () => {
  const sumAndCount = async (family: string) =>
    (await linesOf(family))
      .filter((line) => /_(?:sum|count)/.test(line))
      .map((line) => line.split(" ").map((part) => part.replace(/\{.*/, "")));

  test("of a stream: duration, overhead, first token, mean gap between tokens", async () => {
    // 51 output tokens: 50 gaps in the 500 ms after the first content.
    metrics.sink(closedRecord());
    expect(await sumAndCount("request_duration_seconds")).toEqual([
      ["request_duration_seconds_sum", "0.9"],
      ["request_duration_seconds_count", "1"],
    ]);
    expect(await sumAndCount("overhead_seconds")).toEqual([
      ["overhead_seconds_sum", "0.001"],
      ["overhead_seconds_count", "1"],
    ]);
    expect(await sumAndCount("time_to_first_token_seconds")).toEqual([
      ["time_to_first_token_seconds_sum", "0.4"],
      ["time_to_first_token_seconds_count", "1"],
    ]);
    expect(await sumAndCount("inter_token_seconds")).toEqual([
      ["inter_token_seconds_sum", "0.01"],
      ["inter_token_seconds_count", "1"],
    ]);
    expect(await linesOf('request_duration_seconds_bucket{le="1",model="fast",provider="openai"}')).toHaveLength(1);
  });

  test.each([
    ["a whole answer has no first token", { stream: false }, ["time_to_first_token_seconds", "inter_token_seconds"]],
    [
      "a stream without content neither",
      { firstContentMs: undefined },
      ["time_to_first_token_seconds", "inter_token_seconds"],
    ],
    ["a broken stream's gaps mean nothing", { outcome: UPSTREAM_DOWN }, ["inter_token_seconds"]],
    [
      "nor do those of one token",
      { usage: { ...closedRecord().usage!, output: 1, reasoning: 0 } },
      ["inter_token_seconds"],
    ],
  ] as [string, Partial<CallRecord>, string[]][])("%s", async (_, over, absent) => {
    metrics.sink(closedRecord(over));
    for (const family of absent) expect(await linesOf(family)).toEqual([]);
  });
});

test("models that clients name at a provider are no endless series of target_state", async () => {
  const channels = Array.from({ length: 300 }, (_, n) => ({
    provider: "p",
    key: "a",
    model: `m${n}`,
    breaker: { state: () => "closed" as const },
  }));
  const health: HealthView = { channels: () => channels, rests: { of: () => undefined } };
  const watched = createMetrics({ version: "1.2.3", now: () => NOW_MS, health });
  expect(await linesOf("target_state", watched)).toHaveLength(200);
  channels.splice(0, 200);
  expect((await linesOf("target_state", watched)).at(-1)).toBe(
    'target_state{provider="p",target_model="m299",key="a"} 0',
  );
});

test("gauges are read when somebody looks", async () => {
  let state: "closed" | "half-open" | "open" = "closed";
  let resting = false;
  let channels = [
    { provider: "p", key: "a", model: "m1", breaker: { state: () => state } },
    { provider: "p", key: "a", model: "m2", breaker: { state: () => "closed" as const } },
    { provider: "p", key: "b", model: "gone", breaker: { state: () => "closed" as const } },
  ];
  const health: HealthView = {
    channels: () => channels,
    rests: {
      of: (_provider, _key, model, nowMs) => {
        if (model === "gone") return { reason: "model_not_found" };
        return resting && model === "m1" && nowMs === NOW_MS ? { reason: "rate_limited" } : undefined;
      },
    },
  };
  const watched = createMetrics({ version: "1.2.3", now: () => NOW_MS, health });
  expect(await linesOf("target_state", watched)).toEqual([
    'target_state{provider="p",target_model="m1",key="a"} 0',
    'target_state{provider="p",target_model="m2",key="a"} 0',
    'target_state{provider="p",target_model="gone",key="b"} 0',
  ]);
  expect(await linesOf("key_resting", watched)).toEqual([
    'key_resting{provider="p",key="a"} 0',
    'key_resting{provider="p",key="b"} 0',
  ]);
  state = "open";
  resting = true;
  channels = channels.slice(0, 2);
  expect(await linesOf("target_state", watched)).toEqual([
    'target_state{provider="p",target_model="m1",key="a"} 2',
    'target_state{provider="p",target_model="m2",key="a"} 0',
  ]);
  expect(await linesOf("key_resting", watched)).toEqual(['key_resting{provider="p",key="a"} 1']);
  expect(await linesOf("in_flight", watched)).toEqual([]);
  expect(await linesOf("in_flight")).toEqual(["in_flight_requests 3"]);
  expect(await linesOf("ledger_queue_length")).toEqual(["ledger_queue_length 7"]);
  expect(await linesOf("build_info")).toEqual(['build_info{version="1.2.3"} 1']);
});

test("the process's own figures are there", async () => {
  const { body } = await metrics.render(false);
  const value = (name: string) => Number(new RegExp(`^${name} (.+)$`, "m").exec(body)?.[1]);
  expect(value("process_cpu_seconds_total")).toBeGreaterThan(0);
  expect(value("process_resident_memory_bytes")).toBeGreaterThan(10e6);
  expect(value("process_start_time_seconds")).toBe(NOW_MS / 1_000);
});

test("labels that clients choose are bounded", async () => {
  for (let n = 0; n < 3_000; n++) {
    metrics.sink(closedRecord({ model: `m${n}`, principal: { id: "k", name: "k", kind: "key", team: `t${n}` } }));
  }
  metrics.sink(closedRecord({ model: "m5" }));
  const lines = await linesOf("requests_total");
  expect(lines).toHaveLength(MAX_LABEL_VALUES + 1);
  expect(lines.find((line) => line.includes('model="other"'))).toEndWith(` ${3_000 - MAX_LABEL_VALUES}`);
  expect(lines.find((line) => line.includes('model="m5"'))).toEndWith(" 2");
  expect(await linesOf("cost_usd_total")).toHaveLength(MAX_LABEL_VALUES + 2);
});

test("a call that a target known to be unwell was spared is a failover too", async () => {
  const candidates = [{ target: "openai/gpt-4o", skipped: "its breaker is open" }, { target: "claude/sonnet" }];
  const chosen = { target: "claude/sonnet", key: "key-1", kind: "first", waitMs: 0 } as const;
  metrics.sink(
    closedRecord({
      attempts: [attempt({ target: "claude/sonnet" })],
      answeredBy: { target: "claude/sonnet", provider: "claude", model: "sonnet" },
      decisions: [{ strategy: "fallback", seed: 1, candidates, chosen }],
    }),
  );
  expect(await linesOf("requests_total")).toEqual([expect.stringContaining('failover="true"')]);
  expect(await linesOf("failovers_total")).toEqual([]);
});

test("ten thousand series are written in less than 20 ms", async () => {
  for (let n = 0; n < 260; n++) {
    for (const provider of ["a", "b", "c"]) {
      const answeredBy = { target: `${provider}/m${n}`, provider, model: `m${n}` };
      metrics.sink(closedRecord({ model: `public-${n % 40}`, attempts: [attempt(answeredBy)], answeredBy }));
    }
  }
  const times: number[] = [];
  let series = 0;
  for (let n = 0; n < 10; n++) {
    const began = performance.now();
    const { body } = await metrics.render(false);
    times.push(performance.now() - began);
    series = body.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
  }
  expect(series).toBeGreaterThan(10_000);
  // The quickest of ten: what the machine does besides is not measured here.
  expect(Math.min(...times)).toBeLessThan(20);
});

test("a label value cannot break out of its line", async () => {
  metrics.sink(closedRecord({ model: 'x"} 1\nevergate_forged 1' }));
  const { body } = await metrics.render(false);
  expect(body).not.toContain("\nevergate_forged");
});

test("OpenMetrics and Prometheus text can be asked for in turn and at once", async () => {
  metrics.sink(closedRecord());
  const before = await metrics.render(false);
  const [open, text] = await Promise.all([metrics.render(true), metrics.render(false)]);
  expect(before.contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(open.contentType).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
  expect(open.body).toEndWith("# EOF\n");
  expect(open.body).toContain("# TYPE evergate_requests counter");
  expect(open.body).toContain("evergate_requests_total{");
  const families = (body: string) => body.match(/^# TYPE .*$/gm);
  expect(families(text.body)).toEqual(families(before.body));
  expect(text.body).toContain("# TYPE evergate_requests_total counter");
});

const promtool = Bun.which("promtool");
test.skipIf(!promtool)("promtool finds nothing to say against them (needs promtool)", async () => {
  metrics.sink(closedRecord({ cache: { status: "exact" } }));
  metrics.sink(failedOverRecord({ outcome: OK }));
  const { body } = await metrics.render(false);
  const check = Bun.spawnSync([promtool!, "check", "metrics"], { stdin: Buffer.from(body) });
  expect(check.stderr.toString() + check.stdout.toString()).toBe("");
  expect(check.exitCode).toBe(0);
});

test("secrets that keep an earlier value are counted by their manager, and no longer once they could be read", async () => {
  let stale = [{ manager: "vault", count: 3 }];
  const watched = createMetrics({ version: "1.2.3", now: () => NOW_MS, health: QUIET, staleSecrets: () => stale });
  expect(await linesOf("secrets_stale", watched)).toEqual(['secrets_stale{manager="vault"} 3']);
  stale = [];
  expect(await linesOf("secrets_stale", watched)).toEqual([]);
});

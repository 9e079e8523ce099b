/** A real Prometheus scrapes the compiled binary through a small outage and answers what an operator asks. */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { type Gateway, startGateway } from "./harness.ts";
import { type Upstream, upstream } from "./upstreams.ts";

const PROMETHEUS = Bun.which("prometheus");
const SCRAPE_SECONDS = 1;
/** Scrapes that see calls of a phase; two of a series make a rate. */
const PHASE_MS = 4_000;
const CALL_EVERY_MS = 50;
const WAIT_LIMIT_MS = 15_000;
const TOKEN = "scrape-token-for-tests";

const configOf = (first: Upstream, second: Upstream) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: {
    first: { type: "openai-compatible", baseUrl: "${first.url}/v1" },
    second: { type: "anthropic", baseUrl: "${second.url}", keys: ["sk-second"] },
  },
  models: { fast: ["first/gpt-4o", "second/claude-sonnet-4-5"], steady: ["second/claude-sonnet-4-5"] },
  access: { require: "key", keys: { ci: { secret: env("CI_KEY") } } },
  telemetry: { metrics: { token: env("METRICS") } },
});`;
const env = { ADMIN: "admin-token-of-32-characters-long", CI_KEY: "eg_ci_key_that_is_long_enough_0", METRICS: TOKEN };

test.skipIf(!PROMETHEUS)(
  "failover rate by model, first token by provider, error classes (needs prometheus)",
  async () => {
    using first = upstream({ dialect: "openai-chat" });
    using second = upstream({ dialect: "anthropic-messages", faults: { firstTokenDelayMs: 120 } });
    await using gateway = await startGateway({ config: configOf(first, second), env });
    await using prometheus = startPrometheus(gateway.port);
    await scrapedAfter(prometheus.url, 0);
    await traffic(gateway, PHASE_MS);
    first.setFaults({ error: "unavailable" });
    await traffic(gateway, PHASE_MS);
    await scrapedAfter(prometheus.url, Date.now());

    const range = `[${Math.ceil((4 * PHASE_MS) / 1_000)}s]`;
    const failovers = await ask(
      prometheus.url,
      `sum by (model) (increase(evergate_requests_total{failover="true"}${range})) / sum by (model) (increase(evergate_requests_total${range}))`,
    );
    // Half the time the first provider was down: about half of its calls were answered elsewhere.
    expect(failovers["model=fast"]).toBeGreaterThan(0.2);
    expect(failovers["model=fast"]).toBeLessThan(0.8);
    expect(failovers["model=steady"]).toBeUndefined();

    for (const [quantile, atLeast] of [
      [0.5, 0.1],
      [0.95, 0.1],
    ] as const) {
      const latency = await ask(
        prometheus.url,
        `histogram_quantile(${quantile}, sum by (provider, le) (rate(evergate_time_to_first_token_seconds_bucket${range})))`,
      );
      expect(latency["provider=second"]).toBeGreaterThan(atLeast);
      expect(latency["provider=second"]).toBeLessThan(2);
      expect(latency["provider=first"]).toBeLessThan(latency["provider=second"]!);
    }

    const classes = await ask(
      prometheus.url,
      `sum by (provider, class) (increase(evergate_upstream_errors_total${range}))`,
    );
    const seen = Object.keys(classes).filter((labels) => classes[labels]! > 0);
    expect(seen).toEqual(["class=server,provider=first"]);

    // What a target without the token gets is no metrics.
    expect((await gateway.fetch("/metrics")).status).toBe(401);
  },
  60_000,
);

/** Streams to both models at an even pace. */
async function traffic(gateway: Gateway, forMs: number): Promise<void> {
  const until = Date.now() + forMs;
  const calls: Promise<unknown>[] = [];
  for (let n = 0; Date.now() < until; n++) {
    const body = { model: n % 2 === 0 ? "fast" : "steady", stream: true, messages: [{ role: "user", content: "hi" }] };
    const headers = { "content-type": "application/json", authorization: `Bearer ${env.CI_KEY}` };
    const call = gateway.fetch("/v1/chat/completions", { method: "POST", headers, body: JSON.stringify(body) });
    calls.push(call.then((response) => response.text()));
    await Bun.sleep(CALL_EVERY_MS);
  }
  await Promise.all(calls);
}

function startPrometheus(target: number): { url: string } & AsyncDisposable {
  const directory = mkdtempSync(`${tmpdir()}/evergate-prometheus-`);
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  writeFileSync(`${directory}/prometheus.yml`, JSON.stringify(scrapeConfig(target)));
  const child = Bun.spawn(
    [
      PROMETHEUS!,
      `--config.file=${directory}/prometheus.yml`,
      `--storage.tsdb.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdout: "ignore", stderr: "ignore" },
  );
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** JSON is YAML. */
function scrapeConfig(port: number) {
  return {
    global: { scrape_interval: `${SCRAPE_SECONDS}s` },
    rule_files: [`${import.meta.dir}/../../docs/prometheus/alerts.yml`],
    scrape_configs: [
      {
        job_name: "evergate",
        authorization: { credentials: TOKEN },
        static_configs: [{ targets: [`127.0.0.1:${port}`] }],
      },
    ],
  };
}

/** Until a scrape that began after this moment has succeeded. */
async function scrapedAfter(url: string, sinceMs: number): Promise<void> {
  const deadline = Date.now() + WAIT_LIMIT_MS;
  for (;;) {
    const up = await ask(url, "timestamp(up{job='evergate'}) * up{job='evergate'}").catch(() => ({}));
    if (Object.values(up).some((seconds) => seconds * 1_000 > sinceMs)) return;
    if (Date.now() > deadline) throw new Error("Prometheus does not scrape the gateway.");
    await Bun.sleep(100);
  }
}

/** The values of an instant query by their labels, `a=1,b=2`; series without a value (0 / 0) are left out. */
async function ask(url: string, query: string): Promise<Record<string, number>> {
  const response = await fetch(`${url}/api/v1/query`, { method: "POST", body: new URLSearchParams({ query }) });
  const { status, data, error } = (await response.json()) as {
    status: string;
    error?: string;
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  if (status !== "success") throw new Error(error);
  const values = data.result.map(({ metric, value }) => {
    const labels = Object.entries(metric).map(([name, label]) => `${name}=${label}`);
    return [labels.sort().join(","), Number(value[1])] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => !Number.isNaN(value)));
}

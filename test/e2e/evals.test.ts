/** Online evals through the compiled binary: does quality drop when we fall back, and did users reject those answers? */
import { describe, expect, test } from "bun:test";
import { type Gateway, startGateway } from "./harness.ts";
import { type Upstream, upstream } from "./upstreams.ts";

const ADMIN = { authorization: "Bearer an-admin-token" };
const env = { ADMIN: "an-admin-token", CI: "a-virtual-key" };

const configOf = (first: Upstream, second: Upstream, judge: Upstream, evals: string) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: {
    first: { type: "openai-compatible", baseUrl: "${first.url}/v1" },
    second: { type: "anthropic", baseUrl: "${second.url}", keys: ["sk-second"] },
    judge: { type: "openai-compatible", baseUrl: "${judge.url}/v1" },
  },
  models: { fast: ["first/a", "second/claude-sonnet-4-5"], grader: ["judge/j"] },
  access: { keys: { ci: { secret: env("CI") } } },
  pricing: { "judge/j": { inputPerMillionUsd: 1, outputPerMillionUsd: 1 } },
  evals: [${evals}],
});`;

async function chat(gateway: Gateway, stream: boolean): Promise<string> {
  const response = await gateway.fetch("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer a-virtual-key" },
    body: JSON.stringify({ model: "fast", stream, messages: [{ role: "user", content: "Rome as JSON" }] }),
  });
  expect(response.status).toBe(200);
  await response.text();
  return response.headers.get("x-evergate-request-id")!;
}

interface Row {
  eval: string;
  failover?: boolean | null;
  target?: string | null;
  count: number;
  mean: number;
  ci_low: number;
  ci_high: number;
  negative?: number;
}

interface Scores {
  data: Row[];
  since_start: { scored: number; failed: number; dropped: number };
}

async function evals(gateway: Gateway, query = ""): Promise<Scores> {
  return (await (await gateway.fetch(`/admin/evals${query}`, { headers: ADMIN })).json()) as Scores;
}

async function scored(gateway: Gateway, count: number, query = ""): Promise<Scores> {
  for (;;) {
    const scores = await evals(gateway, query);
    const { since_start: since, data } = scores;
    const written = data.filter((row) => row.eval !== "user feedback").reduce((sum, row) => sum + row.count, 0);
    if (since.scored + since.failed >= count && written >= since.scored) return scores;
    await Bun.sleep(20);
  }
}

describe("evals", () => {
  test("show by model, provider, target and failover how good answers were, and what users said", async () => {
    using first = upstream({ dialect: "openai-chat", answer: '{"city":"Rome"}' });
    using second = upstream({ dialect: "anthropic-messages", answer: "Rome, of course" });
    using judge = upstream({ dialect: "openai-chat", answer: '{"score": 0.25, "reason": "curt"}' });
    const rules = `
      { name: "json", sample: 1, check: "json-valid" },
      { name: "short", sample: 1, check: "length:1-100" },
      { name: "kind", sample: 1, judge: "grader", rubric: "1 is kind, 0 is rude." },`;
    await using gateway = await startGateway({ config: configOf(first, second, judge, rules), env });
    const well: string[] = [];
    for (let n = 0; n < 6; n++) well.push(await chat(gateway, n % 2 === 0));
    first.setFaults({ error: "unavailable" });
    const rescued: string[] = [];
    for (let n = 0; n < 4; n++) rescued.push(await chat(gateway, n % 2 === 0));
    const { data, since_start: since } = await scored(gateway, 30);
    expect(since).toEqual({ scored: 30, failed: 0, dropped: 0 });
    const of = (name: string, failover: boolean) => data.find((row) => row.eval === name && row.failover === failover);
    const own = { model: "fast", provider: "first", target: "first/a" };
    const backup = { model: "fast", provider: "second", target: "second/claude-sonnet-4-5" };
    expect(of("json", false)).toMatchObject({ ...own, count: 6, mean: 1, ci_method: "wilson" });
    // Also once the breaker is open, when nothing fails before the backup answers.
    expect(of("json", true)).toMatchObject({ ...backup, count: 4, mean: 0 });
    const byTarget = (await evals(gateway, "?group_by=target&eval=json")).data;
    expect(byTarget).toMatchObject([
      { target: "first/a", mean: 1, count: 6 },
      { target: "second/claude-sonnet-4-5", mean: 0, count: 4 },
    ]);
    // Quality dropped beyond doubt: the intervals do not touch.
    expect(byTarget[1]!.ci_high).toBeLessThan(byTarget[0]!.ci_low);
    expect((await evals(gateway, "?group_by=model&eval=kind")).data).toMatchObject([
      { mean: 0.25, count: 10, ci_low: 0.25, ci_high: 0.25, ci_method: "t" },
    ]);
    // The judge's own calls are not judged again, and are known by their origin.
    expect(judge.requests).toHaveLength(10);
    expect(new TextDecoder().decode(judge.requests[0]!.body)).toContain("1 is kind, 0 is rude.");

    const asked = await (await gateway.fetch("/admin/requests?key=eval:kind", { headers: ADMIN })).json();
    expect((asked as { data: unknown[] }).data).toHaveLength(10);
    const single = await (
      await gateway.fetch("/admin/evals/scores?eval=kind&max_score=0.5&limit=1", { headers: ADMIN })
    ).json();
    expect(single).toMatchObject({
      data: [{ eval: "kind", score: 0.25, reason: "curt", cost_usd: expect.any(String) }],
    });

    const say = (request_id: string, score: number) =>
      gateway.fetch("/v1/feedback", {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer a-virtual-key" },
        body: JSON.stringify({ request_id, score }),
      });
    for (const id of well) expect((await say(id, 1)).status).toBe(200);
    for (const id of rescued) expect((await say(id, -1)).status).toBe(200);
    const feedback = (await evals(gateway, "?group_by=failover&eval=user%20feedback")).data;
    expect(feedback).toMatchObject([
      { eval: "user feedback", failover: false, count: 6, negative: 0, negative_share: { mean: 0 } },
      { failover: true, count: 4, negative: 4, negative_share: { mean: 1 } },
    ]);
    const byHour = (await evals(gateway, "?group_by=hour&eval=user%20feedback")).data;
    expect(byHour.reduce((sum, row) => sum + row.count, 0)).toBe(10);
    expect((await gateway.fetch("/admin/evals?group_by=mood", { headers: ADMIN })).status).toBe(400);
  }, 60_000);

  test("a judge keeps to its own budget, and a pattern that never ends stops nobody", async () => {
    using first = upstream({ dialect: "openai-chat", answer: `${"a".repeat(60)}!` });
    using judge = upstream({ dialect: "openai-chat", answer: '{"score": 1}' });
    const rules = `
      { name: "evil", sample: 1, check: "regex:^(a|aa)+$" },
      { name: "dear", sample: 1, judge: "grader", budgets: [{ limitUsd: 0.000001, per: "day" }] },`;
    await using gateway = await startGateway({ config: configOf(first, first, judge, rules), env });
    await chat(gateway, false);
    const startMs = performance.now();
    await chat(gateway, false);
    expect((await gateway.fetch("/health/live")).status).toBe(200);
    expect(performance.now() - startMs).toBeLessThan(1_000);
    const { since_start: since, data } = await scored(gateway, 4);
    // Whether the pattern is stopped by the runtime's own limit or by ours, it ends.
    expect([since.scored + since.failed, since.dropped]).toEqual([4, 0]);
    expect(data.map((row) => row.eval)).not.toContain("dear");
    expect(judge.requests).toHaveLength(0);
    await gateway.printed("further failures of this eval are only counted");
  }, 60_000);
});

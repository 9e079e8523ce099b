/** A scripted outage through the compiled binary, from the first failover to the resolve, as every channel sees it. */
import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { pagerDuty, ROUTING_KEY, slack, smtp, teams, WEBHOOK_SECRET, webhook } from "../telemetry/alerts/doubles.ts";
import { startGateway } from "./harness.ts";
import { type Upstream, upstream } from "./upstreams.ts";

const ADMIN = { authorization: "Bearer an-admin-token" };

function channels() {
  const mail = smtp({ user: "alerts", password: "mail:pass/word" });
  const all = { slack: slack(), teams: teams(), pagerDuty: pagerDuty(), webhook: webhook(), mail };
  return {
    ...all,
    env: {
      ADMIN: "an-admin-token",
      SLACK: all.slack.url,
      TEAMS: all.teams.url,
      PD: ROUTING_KEY,
      HOOK: all.webhook.url,
      HOOK_SECRET: WEBHOOK_SECRET,
      SMTP: mail.url,
    },
    secrets: [
      "slack-secret-path",
      "teams-secret-path",
      "webhook-secret-path",
      ROUTING_KEY,
      WEBHOOK_SECRET,
      "mail:pass/word",
    ],
    [Symbol.dispose]() {
      for (const one of Object.values(all)) one[Symbol.dispose]();
    },
  };
}

const configOf = (first: Upstream, second: Upstream, baseUrl: string, rules: string) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: {
    first: { type: "openai-compatible", baseUrl: "${first.url}/v1" },
    second: { type: "openai-compatible", baseUrl: "${second.url}/v1" },
  },
  models: { fast: ["first/a", "second/b"] },
  resilience: { breaker: { openMs: 300, maxOpenMs: 300 } },
  alerts: {
    slack: { webhook: env("SLACK") },
    teams: { webhook: env("TEAMS") },
    pagerduty: { routingKey: env("PD"), baseUrl: "${baseUrl}" },
    webhook: { url: env("HOOK"), secret: env("HOOK_SECRET") },
    email: { smtp: env("SMTP"), from: "evergate@example.com", to: ["ops@example.com"] },
    rules: [${rules}],
  },
});`;

const ALL = `["slack", "teams", "pagerduty", "webhook", "email"]`;

async function traffic(gateway: { fetch(path: string, init?: RequestInit): Promise<Response> }, until: () => boolean) {
  const body = JSON.stringify({ model: "fast", messages: [{ role: "user", content: "hi" }] });
  while (!until()) {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body };
    expect((await gateway.fetch("/v1/chat/completions", init)).status).toBe(200);
    await Bun.sleep(30);
  }
}

describe("an outage", () => {
  test("is told once to every channel when it fires and once when it is over", async () => {
    using first = upstream({ dialect: "openai-chat" });
    using second = upstream({ dialect: "openai-chat" });
    using told = channels();
    const rules = `{ name: "failovers", when: "failover_rate > 5% for 1s", to: ${ALL} }`;
    await using gateway = await startGateway({
      config: configOf(first, second, told.pagerDuty.baseUrl, rules),
      env: told.env,
    });
    const admin = async (path: string) =>
      (await (await gateway.fetch(path, { headers: ADMIN })).json()) as { data: Record<string, unknown>[] };

    await traffic(gateway, () => first.requests.length >= 5);
    expect(await admin("/admin/alerts/rules")).toMatchObject({ data: [{ rule: "failovers", state: "ok", value: 0 }] });
    first.setFaults({ error: "unavailable" });
    await traffic(gateway, () => told.mail.mails.length >= 1 && told.pagerDuty.taken.length >= 1);
    await Promise.all([told.slack.received(1), told.teams.received(1), told.webhook.received(1)]);
    expect(told.pagerDuty.open.size).toBe(1);
    const firing = (await admin("/admin/alerts?state=firing")).data;
    expect(firing).toMatchObject([{ rule: "failovers", state: "firing", metric: "failover_rate", resolved_at: null }]);
    expect(await admin("/admin/targets")).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ target: "first/a" })]),
    });

    first.setFaults(undefined);
    await traffic(gateway, () => told.mail.mails.length >= 2 && told.pagerDuty.open.size === 0);
    await Promise.all([told.slack.received(2), told.teams.received(2), told.webhook.received(2)]);
    // Time enough for a second message that must not come.
    await Bun.sleep(1_500);
    expect(told.slack.taken.map(({ blocks }) => blocks[0]!.text!.text)).toEqual([
      "[FIRING] failovers",
      "[RESOLVED] failovers",
    ]);
    expect(told.teams.taken.map(({ body }) => body[0]!.text)).toEqual([
      "\\[FIRING\\] failovers",
      "\\[RESOLVED\\] failovers",
    ]);
    expect(told.webhook.taken.map(({ type }) => type)).toEqual(["alert.firing", "alert.resolved"]);
    expect(told.mail.mails.map(({ data }) => /^Subject: (.*)$/m.exec(data)?.[1])).toEqual([
      "[FIRING] failovers",
      "[RESOLVED] failovers",
    ]);
    expect(told.pagerDuty.taken.map(({ event_action }) => event_action)).toEqual(["trigger", "resolve"]);
    expect(told.pagerDuty.taken[0]!.dedup_key).toBe(told.pagerDuty.taken[1]!.dedup_key);
    expect(told.pagerDuty.taken[0]!.dedup_key).toBe(firing[0]!["id"] as string);
    expect([told.slack, told.teams, told.webhook, told.pagerDuty].flatMap(({ refused }) => refused)).toEqual([]);
    const { data } = await admin("/admin/alerts");
    expect(data).toMatchObject([{ state: "resolved", resolution: "recovered", id: firing[0]!["id"] }]);
    const everything =
      JSON.stringify([data, await admin("/admin/config")]) + gateway.output.stdout + gateway.output.stderr;
    for (const secret of told.secrets) expect(everything).not.toContain(secret);
  }, 60_000);

  test("goes on over a restart: nobody is told a second time, and the end is told", async () => {
    using first = upstream({ dialect: "openai-chat", faults: { error: "unavailable" } });
    using second = upstream({ dialect: "openai-chat" });
    using told = channels();
    const cwd = await mkdtemp(`${tmpdir()}/evergate-alerts-`);
    const rules = `{ name: "down", when: "target_down > 0 for 1s", to: ["slack", "pagerduty"] }`;
    const options = { config: configOf(first, second, told.pagerDuty.baseUrl, rules), env: told.env, cwd };
    try {
      {
        await using before = await startGateway(options);
        await traffic(before, () => told.slack.taken.length >= 1 && told.pagerDuty.open.size === 1);
        expect(told.slack.taken[0]!.blocks[1]!.text!.text).toContain("first/a");
        expect(await before.stop()).toBe(0);
      }
      await using after = await startGateway(options);
      const endMs = performance.now() + 3_500;
      await traffic(after, () => performance.now() > endMs);
      expect([told.slack.taken.length, told.pagerDuty.taken.length]).toEqual([1, 1]);
      first.setFaults(undefined);
      await traffic(after, () => told.pagerDuty.open.size === 0 && told.slack.taken.length === 2);
      expect(told.pagerDuty.taken.map(({ event_action }) => event_action)).toEqual(["trigger", "resolve"]);
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  }, 60_000);

  test("a test message on demand reaches each channel; one that refuses is told without its address", async () => {
    using first = upstream({ dialect: "openai-chat" });
    using told = channels();
    await using gateway = await startGateway({
      config: configOf(first, first, told.pagerDuty.baseUrl, ""),
      env: told.env,
    });
    const send = (channel: string) =>
      gateway.fetch("/admin/alerts/test", {
        method: "POST",
        headers: { ...ADMIN, "content-type": "application/json" },
        body: JSON.stringify({ channel }),
      });
    for (const channel of ["slack", "teams", "pagerduty", "webhook", "email"]) {
      const response = await send(channel);
      expect([channel, response.status, await response.json()]).toEqual([channel, 200, { channel, delivered: true }]);
    }
    expect(told.slack.taken[0]!.blocks[0]!.text!.text).toBe("[TEST] test");
    expect(told.pagerDuty.taken.map(({ event_action }) => event_action)).toEqual(["trigger", "resolve"]);
    expect(told.mail.mails[0]).toMatchObject({ from: "evergate@example.com", to: ["ops@example.com"] });
    told.slack.fail(404);
    const refused = await send("slack");
    const text = await refused.text();
    expect(refused.status).toBe(502);
    expect(text).toContain("HTTP 404: no_service");
    expect((await send("smoke")).status).toBe(400);
    for (const secret of told.secrets) expect(text + gateway.output.stdout).not.toContain(secret);
  }, 60_000);
});

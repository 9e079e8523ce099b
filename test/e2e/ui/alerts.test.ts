/** The dashboard's Alerts: what fires and why, who was told, what was. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { type Gateway, startGateway } from "../harness.ts";
import { type Upstream, upstream } from "../upstreams.ts";
import { CHROMIUM, openBrowser, openTab } from "./browser.ts";
import { expectGoodLooks, openViewerTab, said } from "./looks.ts";

const ADMIN = "admin-token-of-the-test";
const START_LIMIT_MS = 60_000;
const TEST_LIMIT_MS = 60_000;

const configOf = (first: Upstream, second: Upstream, hook: string) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: {
    first: { type: "openai-compatible", baseUrl: "${first.url}/v1" },
    second: { type: "anthropic", baseUrl: "${second.url}", keys: ["sk-second"] },
  },
  models: { fast: ["first/gpt-4o", "second/claude-sonnet-4-5"] },
  access: { require: "none" },
  alerts: {
    webhook: { url: "${hook}/yes" },
    slack: { webhook: "${hook}/no" },
    rules: [
      { name: "failovers", when: "failover_rate > 5% for 1s", model: "fast", to: ["webhook"] },
      { name: "slow", when: "p95_first_token_ms > 4000 for 10m", to: ["webhook"], quiet: "00:00-23:59" },
    ],
  },
});`;

describe.skipIf(!CHROMIUM)("alerts (needs chromium)", () => {
  const first = upstream({ dialect: "openai-chat" });
  const second = upstream({ dialect: "anthropic-messages" });
  const messages: string[] = [];
  const hook = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      messages.push(await request.text());
      return new Response(null, { status: request.url.endsWith("/yes") ? 204 : 404 });
    },
  });
  let gateway: Gateway;
  let browser: Browser & AsyncDisposable;
  let signedIn: { url: string; token: string };
  let traffic: ReturnType<typeof keepCalling>;

  beforeAll(async () => {
    if (!CHROMIUM) return;
    gateway = await startGateway({ config: configOf(first, second, `http://127.0.0.1:${hook.port}`), env: { ADMIN } });
    browser = await openBrowser();
    signedIn = { url: gateway.url, token: ADMIN };
    first.setFaults({ error: "unavailable" });
    traffic = keepCalling(gateway);
  }, START_LIMIT_MS);
  afterAll(async () => {
    await traffic?.stop();
    await browser?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
    for (const one of [first, second]) one[Symbol.dispose]();
    await hook.stop(true);
  });

  test(
    "what fires is said first, with its value, its rule, who was told and the calls behind it",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/alerts");
      await page.getByText("One alert is firing.").waitFor();
      const current = page.getByRole("region", { name: "failovers" });
      await current.getByText("told", { exact: true }).waitFor();
      expect(await current.textContent()).toMatch(/%.*of fast.*failover_rate > 5% for 1s.*Fired/);
      const rules = page.getByRole("region", { name: "Rules" });
      expect(await rules.locator("tr", { hasText: "slow" }).textContent()).toMatch(/ok.*quiet 00:00-23:59 UTC, now/);
      await current.getByRole("link", { name: "What is behind it" }).click();
      await page.getByRole("heading", { level: 1, name: "Requests" }).waitFor();
      expect(new URL(page.url()).search).toBe("?failover=true&model=fast&from=-1h");
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "looks good by day and by night, on a desktop and on a phone",
    () =>
      expectGoodLooks(browser, {
        ...signedIn,
        path: "/ui/alerts",
        ready: (page) => page.getByRole("region", { name: "Channels" }).waitFor(),
      }),
    TEST_LIMIT_MS,
  );

  test(
    "a test message goes to a channel, or is told not to have been taken",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/alerts");
      await page.getByRole("button", { name: "Send a test message to webhook" }).click();
      await said(page, "webhook took the test message.");
      expect(messages.some((message) => message.includes("alert.test"))).toBe(true);
      expect(await page.getByRole("region", { name: "Channels" }).textContent()).toContain("slack no rule tells it");
      await page.getByRole("button", { name: "Send a test message to slack" }).click();
      await said(page, "404");
      expect(tab.problems.filter((problem) => !problem.includes("status of 502"))).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "what is over is in the history, and a viewer can send nothing",
    async () => {
      await using tab = await openViewerTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/alerts");
      await page.getByText("One alert is firing.").waitFor();
      expect(await page.getByRole("button", { name: /test message/ }).count()).toBe(0);
      await traffic.stop();
      const history = page.getByRole("region", { name: "History" });
      await history.locator("tr", { hasText: "failovers" }).getByText("told that it is over").waitFor();
      await page.getByText("All 2 rules are content.").waitFor();
      await history.getByRole("link", { name: "failovers" }).click();
      await page.getByRole("heading", { name: "History of failovers" }).waitFor();
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );
});

/** Calls one after the other until it is stopped. */
function keepCalling(gateway: Gateway) {
  let isOver = false;
  const run = async () => {
    while (!isOver) {
      const response = await gateway.fetch("/v1/chat/completions", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "fast", messages: [{ role: "user", content: "Hello" }] }),
      });
      await response.text();
      await Bun.sleep(100);
    }
  };
  const ended = run();
  return {
    stop: () => {
      isOver = true;
      return ended;
    },
  };
}

/** The dashboard's Quality: did answers get worse where a fallback gave them? */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { type Gateway, startGateway } from "../harness.ts";
import { type Upstream, upstream } from "../upstreams.ts";
import { CHROMIUM, openBrowser, openTab } from "./browser.ts";
import { expectGoodLooks, openViewerTab } from "./looks.ts";

const ADMIN = "admin-token-of-the-test";
const KEY = "a-virtual-key";
const START_LIMIT_MS = 60_000;
const TEST_LIMIT_MS = 60_000;

const configOf = (first: Upstream, second: Upstream, judge: Upstream) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: {
    first: { type: "openai-compatible", baseUrl: "${first.url}/v1" },
    second: { type: "anthropic", baseUrl: "${second.url}", keys: ["sk-second"] },
    judge: { type: "openai-compatible", baseUrl: "${judge.url}/v1" },
  },
  models: { fast: ["first/gpt-4o", "second/claude-sonnet-4-5"], other: ["first/gpt-4o-mini"], grader: ["judge/small"] },
  evals: [
    { name: "json", sample: 1, check: "json-valid" },
    { name: "kind", sample: 1, judge: "grader", rubric: "1 is kind, 0 is rude." },
  ],
  access: { keys: { app: { secret: env("KEY") } } },
});`;

describe.skipIf(!CHROMIUM)("quality (needs chromium)", () => {
  const first = upstream({ dialect: "openai-chat", answer: '{"city":"Rome"}' });
  const second = upstream({ dialect: "anthropic-messages", answer: "Rome, of course" });
  const judge = upstream({ dialect: "openai-chat", answer: '{"score": 0.25, "reason": "Rather curt."}' });
  let gateway: Gateway;
  let browser: Browser & AsyncDisposable;
  let signedIn: { url: string; token: string };
  let rescued: string;

  beforeAll(async () => {
    if (!CHROMIUM) return;
    gateway = await startGateway({ config: configOf(first, second, judge), env: { ADMIN, KEY } });
    browser = await openBrowser();
    signedIn = { url: gateway.url, token: ADMIN };
    for (let number = 0; number < 6; number++) await chat(gateway, "fast");
    await chat(gateway, "other");
    first.setFaults({ error: "unavailable" });
    for (let number = 0; number < 6; number++) rescued = await chat(gateway, "fast");
    await scored(gateway, 26);
    await say(gateway, rescued, "That is not what I asked.");
  }, START_LIMIT_MS);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
    for (const one of [first, second, judge]) one[Symbol.dispose]();
  });

  test(
    "what got worse where a fallback answered is said first, then shown by measure, over time and by target",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/quality");
      await page.getByText("In the last hour answers were worse where a fallback gave them.").waitFor();
      const status = page.locator(".status-line");
      expect(await status.textContent()).toContain("json: 0.00 instead of 1.00");
      const beside = page.getByRole("region", { name: "The preferred target beside a fallback" });
      expect(await beside.textContent()).toMatch(/jsonworse.*1\.00 of 7.*0\.00 of 6.*kindno difference/);
      await page
        .getByRole("region", { name: "json over time" })
        .getByRole("img", { name: /Mean score of json/ })
        .waitFor();
      const rows = page.getByRole("region", { name: "json by who answered" }).locator("tbody tr");
      expect(await rows.last().textContent()).toMatch(/second\/claude-sonnet-4-5fastfallback0\.006/);
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "another measure, low scores, one model: each has an address, and leads to the calls behind it",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/quality");
      await page.getByRole("link", { name: "kind", exact: true }).click();
      const latest = page.getByRole("region", { name: "Latest calls scored by kind" });
      await latest.getByText("Rather curt.").first().waitFor();
      await latest.getByRole("link", { name: "fallback" }).click();
      await latest.getByRole("link", { name: "≤ 0.5" }).click();
      await page.getByLabel("Model").selectOption("fast");
      expect(new URL(page.url()).search).toBe("?eval=kind&failover=true&max_score=0.5&model=fast");
      await page.locator("tbody tr", { hasText: "second/claude-sonnet-4-5" }).first().waitFor();
      await latest.locator("tbody a").first().click();
      await page.getByRole("heading", { level: 2, name: "Attempts" }).waitFor();
      expect(page.url()).toContain("/ui/requests/req_");
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "what users said stands beside it with their words, for a viewer as well",
    async () => {
      await using tab = await openViewerTab(browser, signedIn);
      await tab.open("/ui/quality?eval=user%20feedback");
      const said = tab.page.getByRole("region", { name: "What users said", exact: true });
      await said.getByText("That is not what I asked.").waitFor();
      expect(await said.locator("tbody a").first().getAttribute("href")).toBe(`/ui/requests/${rescued}`);
      await tab.page.getByRole("region", { name: "What users said, over time" }).waitFor();
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "looks good by day and by night, on a desktop and on a phone",
    () =>
      expectGoodLooks(browser, {
        ...signedIn,
        path: "/ui/quality",
        ready: (page) => page.getByRole("region", { name: "json by who answered" }).waitFor(),
      }),
    TEST_LIMIT_MS,
  );
});

async function chat(gateway: Gateway, model: string): Promise<string> {
  const response = await gateway.fetch("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Rome as JSON" }] }),
  });
  expect(response.status).toBe(200);
  await response.text();
  return response.headers.get("x-evergate-request-id")!;
}

async function say(gateway: Gateway, id: string, comment: string): Promise<void> {
  const response = await gateway.fetch("/v1/feedback", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ request_id: id, score: -1, comment }),
  });
  expect(response.status).toBe(200);
}

/** Waits until so many scores are written: judging happens in the background. */
async function scored(gateway: Gateway, count: number): Promise<void> {
  for (;;) {
    const response = await gateway.fetch("/admin/evals?group_by=model", {
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    const { data } = (await response.json()) as { data: { count: number }[] };
    if (data.reduce((sum, row) => sum + row.count, 0) >= count) return;
    await Bun.sleep(20);
  }
}

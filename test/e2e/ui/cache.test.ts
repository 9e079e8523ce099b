/** The dashboard's Cache: what it saves, how sure it is, why a call hit or missed, and taking entries out. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { type Gateway, startGateway } from "../harness.ts";
import { type Upstream, upstream } from "../upstreams.ts";
import { CHROMIUM, openBrowser, openTab } from "./browser.ts";
import { expectGoodLooks, openViewerTab, said } from "./looks.ts";

const ADMIN = "admin-token-of-the-test";
const KEY = "a-virtual-key";
const START_LIMIT_MS = 60_000;
const TEST_LIMIT_MS = 60_000;

const configOf = (first: Upstream) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: { first: { type: "openai-compatible", baseUrl: "${first.url}/v1" } },
  models: {
    sure: ["first/gpt-4o"],
    quick: { targets: ["first/gpt-4o-mini"], cache: { semantic: { mode: "on" } } },
  },
  pricing: { "first/gpt-4o": { inputPerMillionUsd: 1, outputPerMillionUsd: 1000 } },
  cache: { exact: {}, semantic: { mode: "verified", maxWrongPercent: 5 } },
  access: { keys: { app: { secret: env("KEY") } } },
});`;

describe.skipIf(!CHROMIUM)("cache (needs chromium)", () => {
  const first = upstream({ dialect: "openai-chat" });
  let gateway: Gateway;
  let browser: Browser & AsyncDisposable;
  let signedIn: { url: string; token: string };
  let byMeaning: string;

  beforeAll(async () => {
    if (!CHROMIUM) return;
    gateway = await startGateway({ config: configOf(first), env: { ADMIN, KEY } });
    browser = await openBrowser();
    signedIn = { url: gateway.url, token: ADMIN };
    for (let time = 0; time < 3; time++) await chat(gateway, "sure", "Where is the Eiffel Tower?");
    await chat(gateway, "quick", "How do I reset my password?");
    // An answer is found by meaning a moment after it was kept.
    await until(gateway, ({ spaces }) => spaces.length === 2 && spaces.every((space) => space.indexed_entries > 0));
    // The same but for courtesy: compared with a fresh answer in one model, served in the other.
    await chat(gateway, "sure", "Where is the Eiffel Tower, please?");
    byMeaning = await chat(gateway, "quick", "How do I reset my password, please?");
    // Comparing happens in the background.
    await until(gateway, ({ verified }) => verified > 0);
  }, START_LIMIT_MS);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
    first[Symbol.dispose]();
  });

  test(
    "hit rates, savings, modes and evidence, with the calls behind them",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/cache");
      const stat = (label: string) => page.locator(".stat", { hasText: label });
      await stat("Exact hits").getByText("33.3 %").waitFor();
      await stat("Hits by meaning").getByText("1 of 6").waitFor();
      expect(await stat("Saved money").textContent()).toContain("$0.01");
      const mode = page.getByRole("region", { name: "Mode" });
      expect(await mode.textContent()).toMatch(/All modelsverified.*at most 5 % wrong.*quickon/);
      const evidence = page.getByRole("region", { name: "Evidence" });
      expect(await evidence.textContent()).toMatch(/sure for app.*1 compared, 0 wrong.*58 more right ones/);
      await evidence.getByRole("img", { name: /At most 95 % wrong, allowed are 5 %; not served/ }).waitFor();
      await stat("Exact hits").click();
      await page.getByRole("heading", { level: 1, name: "Requests" }).waitFor();
      expect(new URL(page.url()).search).toBe("?cache=exact&from=-1h");
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "a call is explained by its id, also from a link; one that nobody knows is said to be so",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open(`/ui/cache?request_id=${byMeaning}`);
      const card = page.getByRole("region", { name: "Why this answer?" });
      await card.getByText("The stored answer of a question that means the same").waitFor();
      await card.getByText("score 1.000").waitFor();
      expect(tab.problems).toEqual([]);
      await card.getByLabel("Id of the request").fill("req_nobody");
      await page.keyboard.press("Enter");
      await card.getByRole("alert").getByText("Nothing is known of request").waitFor();
      expect(new URL(page.url()).search).toBe("?request_id=req_nobody");
    },
    TEST_LIMIT_MS,
  );

  test(
    "a wrong answer that somebody reported is listed with what they said",
    async () => {
      const response = await gateway.fetch("/v1/feedback", {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${KEY}` },
        body: JSON.stringify({ request_id: byMeaning, score: -1, cached_wrong: true, comment: "That was last year." }),
      });
      expect(await response.json()).toMatchObject({ purged: true });
      await using tab = await openTab(browser, signedIn);
      await tab.open("/ui/cache");
      const card = tab.page.getByRole("region", { name: "Reported wrong" });
      await card.getByText("That was last year.").waitFor();
      expect(await card.getByRole("link", { name: "quick" }).getAttribute("href")).toBe(`/ui/requests/${byMeaning}`);
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "entries are taken out by what they say or by age, after a question, and the count is told",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/cache");
      const card = page.getByRole("region", { name: "Take entries out" });
      const dialog = page.getByRole("dialog");
      await card.getByLabel("Entry").fill("123");
      await card.getByRole("button", { name: "Take out" }).click();
      await card.getByText("id must be the 64 hexadecimal digits").waitFor();
      await card.getByLabel("Entry").fill("");
      await card.getByLabel("Text").fill("nothing that anybody asked");
      await card.getByRole("button", { name: "Take out" }).click();
      await said(page, "There is no such entry.");
      await card.getByLabel("Text").fill("Eiffel");
      await card.getByRole("button", { name: "Take out" }).click();
      await dialog.getByText("Entries that hold “Eiffel” go.").waitFor();
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await card.getByLabel("Text").fill("");
      await card.getByLabel("Older than").fill("0");
      await card.getByRole("button", { name: "Take out" }).click();
      await dialog.getByText("Every entry of every key goes.").waitFor();
      await dialog.getByRole("button", { name: "Take out" }).click();
      await said(page, /[1-9]\d* entries are gone\./);
      await page
        .getByRole("region", { name: "Mode" })
        .locator("tr", { hasText: "All models" })
        .getByText("0 B")
        .waitFor();
      expect(tab.problems.filter((problem) => !problem.includes("status of 400"))).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "a viewer sees everything and takes nothing out",
    async () => {
      await using tab = await openViewerTab(browser, signedIn);
      await tab.open(`/ui/cache?request_id=${byMeaning}`);
      await tab.page.getByText("The stored answer of a question that means the same").waitFor();
      expect(await tab.page.getByRole("button", { name: "Take out" }).count()).toBe(0);
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "looks good by day and by night, on a desktop and on a phone",
    () =>
      expectGoodLooks(browser, {
        ...signedIn,
        path: `/ui/cache?request_id=${byMeaning}`,
        ready: (page) => page.getByText("The stored answer of a question").waitFor(),
      }),
    TEST_LIMIT_MS,
  );
});

/** Resolves to the id of the request. */
async function chat(gateway: Gateway, model: string, content: string): Promise<string> {
  const response = await gateway.fetch("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ model, messages: [{ role: "user", content }] }),
  });
  expect(response.status).toBe(200);
  await response.text();
  return response.headers.get("x-evergate-request-id")!;
}

interface Statistics {
  verified: number;
  spaces: { indexed_entries: number }[];
}

async function until(gateway: Gateway, holds: (statistics: Statistics) => boolean): Promise<void> {
  for (;;) {
    const response = await gateway.fetch("/admin/cache", { headers: { authorization: `Bearer ${ADMIN}` } });
    if (holds((await response.json()) as Statistics)) return;
    await Bun.sleep(20);
  }
}

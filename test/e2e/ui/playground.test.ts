/** The dashboard's Playground: a conversation as any client has it, and what it tells of how each answer came about. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { type Gateway, startGateway } from "../harness.ts";
import { type Upstream, upstream } from "../upstreams.ts";
import { CHROMIUM, openBrowser, openTab } from "./browser.ts";
import { expectNothingWrong } from "./looks.ts";

const ADMIN = "admin-token-of-the-test";
const KEY = "key-of-the-file";
const ANSWER = "one two three four five six seven eight nine ten eleven twelve";
const START_LIMIT_MS = 120_000;
const TEST_LIMIT_MS = 60_000;

const configOf = (first: Upstream, second: Upstream, access: string) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: {
    first: { type: "openai-compatible", baseUrl: "${first.url}/v1" },
    second: { type: "openai-compatible", baseUrl: "${second.url}/v1" },
  },
  models: { fast: ["first/gpt-4o", "second/gpt-4o"], slow: ["second/gpt-4o"] },
  pricing: {
    "first/gpt-4o": { inputPerMillionUsd: 1, outputPerMillionUsd: 1000 },
    "second/gpt-4o": { inputPerMillionUsd: 1, outputPerMillionUsd: 1000 },
  },
  cache: { exact: {} },
  access: ${access},
});`;

describe.skipIf(!CHROMIUM)("playground (needs chromium)", () => {
  const first = upstream({ dialect: "openai-chat", answer: ANSWER });
  const second = upstream({ dialect: "openai-chat", answer: ANSWER, continues: "repeats-tail" });
  let open: Gateway;
  let closed: Gateway;
  let browser: Browser & AsyncDisposable;

  beforeAll(async () => {
    if (!CHROMIUM) return;
    const needsKey = `{ keys: { filed: { secret: env("KEY"), models: ["fast"] } } }`;
    [open, closed, browser] = await Promise.all([
      startGateway({ config: configOf(first, second, '{ require: "none" }'), env: { ADMIN } }),
      startGateway({ config: configOf(first, second, needsKey), env: { ADMIN, KEY } }),
      openBrowser(),
    ]);
  }, START_LIMIT_MS);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await open?.[Symbol.asyncDispose]();
    await closed?.[Symbol.asyncDispose]();
    first[Symbol.dispose]();
    second[Symbol.dispose]();
  });

  test(
    "a conversation tells who answered, in what time and at what cost, and leads to its request",
    async () => {
      await using tab = await openTab(browser, { url: open.url, token: ADMIN });
      const { page } = tab;
      await tab.open("/ui/playground");
      await ask(page, "Count");
      const answer = page.locator(".turn").first();
      await answer.getByText("The request").waitFor();
      const text = await answer.textContent();
      expect(text).toContain(ANSWER);
      expect(text).toContain("first/gpt-4o");
      expect(text).toMatch(/first token \d/);
      expect(text).toMatch(/total \d/);
      expect(text).toContain("$0.01");
      await ask(page, "And again");
      await page.locator(".turn").nth(1).getByText("The request").waitFor();
      // The second message went with the whole conversation.
      const sent = JSON.parse(new TextDecoder().decode(first.requests.at(-1)!.body)) as { messages: unknown[] };
      expect(sent.messages).toHaveLength(3);
      await answer.getByRole("link", { name: "The request" }).click();
      await page.getByRole("heading", { level: 2, name: "Attempts" }).waitFor();
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "system prompt, parameters and the cache's header go along; a hit says so",
    async () => {
      await using tab = await openTab(browser, { url: open.url, token: ADMIN });
      const { page } = tab;
      await tab.open("/ui/playground?model=slow");
      await page.locator("textarea[name=system]").fill("Be brief.");
      await page.locator("input[name=temperature]").fill("0.2");
      await page.locator("input[name=maxTokens]").fill("50");
      await ask(page, "With options");
      await page.getByText("The request").waitFor();
      const sent = JSON.parse(new TextDecoder().decode(second.requests.at(-1)!.body));
      expect(sent).toMatchObject({
        temperature: 0.2,
        max_tokens: 50,
        messages: [{ role: "system", content: "Be brief." }, {}],
      });
      await page.getByRole("button", { name: "New conversation" }).click();
      await ask(page, "With options");
      await page.getByText("from the cache: exact").waitFor();
      await page.getByRole("button", { name: "New conversation" }).click();
      await page.locator("select[name=cache]").selectOption("off");
      const before = second.requests.length;
      await ask(page, "With options");
      await page.getByText("The request").waitFor();
      expect(second.requests.length).toBe(before + 1);
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "a stream that is cut goes on elsewhere, marked where; a failover before content names its reason; an error its words",
    async () => {
      await using tab = await openTab(browser, { url: open.url, token: ADMIN });
      const { page } = tab;
      await tab.open("/ui/playground");
      first.setFaults({ cut: { afterTokens: 6, how: "rst" } });
      await ask(page, "Cut me");
      const [cut, instead, failed] = [0, 1, 2].map((index) => page.locator(".turn").nth(index)) as [
        ReturnType<Page["locator"]>,
        ReturnType<Page["locator"]>,
        ReturnType<Page["locator"]>,
      ];
      await cut.getByText("The request").waitFor();
      expect(await cut.locator(".seam").textContent()).toBe("second/gpt-4o goes on");
      expect((await cut.locator(".turn-text").textContent())?.replace("second/gpt-4o goes on", "")).toContain("six");
      first.setFaults({ error: "unavailable" });
      await ask(page, "Fail over");
      await instead.getByText("The request").waitFor();
      expect(await instead.textContent()).toContain("instead of first/gpt-4o: server");
      second.setFaults({ error: "unavailable" });
      await ask(page, "Nobody is there");
      await failed.getByRole("alert").waitFor();
      first.setFaults(undefined);
      second.setFaults(undefined);
      // A failed call is told by the browser as well.
      expect(tab.problems.filter((problem) => !/50[0-9]/.test(problem))).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "a running answer is stopped, and its upstream with it",
    async () => {
      await using tab = await openTab(browser, { url: open.url, token: ADMIN });
      const { page } = tab;
      await tab.open("/ui/playground?model=slow");
      second.setFaults({ stall: { afterTokens: 3 } });
      await ask(page, "Wait for ever");
      await page.getByText("three").waitFor();
      await page.getByRole("button", { name: "Stop" }).click();
      await page.getByText("stopped").waitFor();
      expect(await second.requests.at(-1)!.closed).toBe("peer");
      second.setFaults(undefined);
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "where keys are needed one is asked for and never stored; one made here is revoked on leaving",
    async () => {
      await using tab = await openTab(browser, { url: closed.url, token: ADMIN });
      const { page } = tab;
      await tab.open("/ui/playground");
      await page.locator("input[name=key]").fill(KEY);
      await page.getByRole("button", { name: "Use this key" }).click();
      await ask(page, "With a key");
      await page.getByText("The request").waitFor();
      // Only what the key may ask for is offered.
      expect(await page.locator("select[name=model] option").allInnerTexts()).not.toContain("slow");
      const kept = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
      );
      expect(kept).not.toContain(KEY);
      await page.getByRole("button", { name: "Forget the key" }).click();
      await page.getByRole("button", { name: "Make a key for an hour" }).click();
      await ask(page, "With a key of an hour");
      await page.getByText("The request").waitFor();
      const made = await keysOf(closed);
      expect(made).toHaveLength(1);
      expect(made[0]).toMatchObject({ budgets: [{ limitUsd: 1, per: "total" }] });
      expect(Date.parse(String(made[0]!["expires"]))).toBeGreaterThan(0);
      const revoked = page.waitForResponse((response) => response.request().method() === "DELETE");
      await page.getByRole("link", { name: "Requests" }).first().click();
      expect((await revoked).status()).toBe(200);
      expect(await keysOf(closed)).toEqual([]);
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test.each([
    ["light", 360],
    ["dark", 1_440],
  ] as const)(
    "legible in %s at %i pixels, with an answer and without",
    async (theme, widthPx) => {
      await using tab = await openTab(browser, { url: open.url, token: ADMIN, theme, widthPx });
      await tab.open("/ui/playground");
      await tab.page.getByLabel("Your message").waitFor();
      await expectNothingWrong(tab);
      await ask(tab.page, "Look at me");
      await tab.page.getByText("The request").waitFor();
      await expectNothingWrong(tab);
      await using asked = await openTab(browser, { url: closed.url, token: ADMIN, theme, widthPx });
      await asked.open("/ui/playground");
      await asked.page.locator("input[name=key]").waitFor();
      await expectNothingWrong(asked);
    },
    TEST_LIMIT_MS,
  );
});

async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel("Your message").fill(question);
  await page.keyboard.press("Enter");
}

async function keysOf(gateway: Gateway): Promise<Record<string, unknown>[]> {
  const response = await gateway.fetch("/admin/keys?origin=api", { headers: { authorization: `Bearer ${ADMIN}` } });
  return ((await response.json()) as { data: Record<string, unknown>[] }).data;
}

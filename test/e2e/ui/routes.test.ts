/** The dashboard's Routes: every model as a flow of its targets, and what an operator does with them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { type Gateway, startGateway } from "../harness.ts";
import { type Upstream, upstream } from "../upstreams.ts";
import { CHROMIUM, openBrowser, openTab } from "./browser.ts";
import { expectGoodLooks, openViewerTab, said } from "./looks.ts";

const ADMIN = "admin-token-of-the-test";
const START_LIMIT_MS = 120_000;
const TEST_LIMIT_MS = 60_000;

const configOf = (first: Upstream, second: Upstream) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: {
    first: { type: "openai-compatible", baseUrl: "${first.url}/v1", keys: ["sk-first-1", { name: "spare", secret: "sk-first-2" }] },
    second: { type: "anthropic", baseUrl: "${second.url}", keys: ["sk-second"] },
  },
  models: {
    fast: { targets: ["first/gpt-4o", "second/claude-sonnet-4-5"], fallbacks: ["cheap"] },
    cheap: { strategy: "weighted", targets: [{ target: "second/claude-haiku-4-5", weight: 3 }, { target: "first/gpt-4o-mini" }] },
  },
  access: { require: "none" },
});`;

describe.skipIf(!CHROMIUM)("routes (needs chromium)", () => {
  const first = upstream({ dialect: "openai-chat" });
  const second = upstream({ dialect: "anthropic-messages" });
  let gateway: Gateway;
  let browser: Browser & AsyncDisposable;
  let signedIn: { url: string; token: string };

  beforeAll(async () => {
    if (!CHROMIUM) return;
    gateway = await startGateway({ config: configOf(first, second), env: { ADMIN } });
    browser = await openBrowser();
    signedIn = { url: gateway.url, token: ADMIN };
    await call(gateway, 4);
    first.setFaults({ error: "rate_limited", retryAfter: { form: "seconds", ms: 3_000_000 } });
    await call(gateway, 4);
  }, START_LIMIT_MS);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
    first[Symbol.dispose]();
    second[Symbol.dispose]();
  });

  test(
    "a model is drawn as its targets in order, with what rests, why and until when, and the calls behind each share",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/routes");
      const model = page.getByRole("region", { name: "fast" });
      const [node, next, fallback] = [0, 1, 2].map((index) => model.locator(".flow > li").nth(index)) as [
        ReturnType<typeof page.locator>,
        ReturnType<typeof page.locator>,
        ReturnType<typeof page.locator>,
      ];
      await node.getByText("at its rate limit").first().waitFor();
      expect(await node.textContent()).toMatch(/gpt-4ofirstresting.*back in \d+ m/);
      expect(await next.textContent()).toMatch(/claude-sonnet-4-5secondup/);
      expect(await fallback.textContent()).toMatch(/cheap.*when all of these fail/);
      expect(await page.getByRole("region", { name: "cheap" }).textContent()).toMatch(
        /weighted: by weight.*by weight 75 %/,
      );
      await page.getByText("1 of 4 targets is out").waitFor();
      await next.getByRole("link", { name: /% of the traffic/ }).click();
      await page.getByRole("heading", { level: 1, name: "Requests" }).waitFor();
      expect(new URL(page.url()).search).toBe("?model=fast&target=second%2Fclaude-sonnet-4-5&from=-1h");
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "a target is drained and restored, each after a question",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/routes");
      const target = "second/claude-haiku-4-5";
      // By keyboard: the question takes the focus, and Escape gives it back.
      const drain = page.getByRole("button", { name: `Drain ${target}` });
      await drain.press("Enter");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      expect(await drain.evaluate((button) => button === document.activeElement)).toBe(true);
      expect(await reasonOf(gateway, target)).toBeNull();
      await page.getByRole("button", { name: `Drain ${target}` }).click();
      await page.getByRole("dialog").getByText("No new call of cheap goes there").waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "Drain" }).click();
      await said(page, `${target} is drained.`);
      expect(await reasonOf(gateway, target)).toBe("resting: drained");
      await page.getByRole("button", { name: `Restore ${target}` }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
      await said(page, `${target} is back in service.`);
      expect(await reasonOf(gateway, target)).toBeNull();
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "a provider and a model are made, changed and removed; what is wrong is told at its field",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/routes");
      await page.getByRole("button", { name: "Provider", exact: true }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Name", { exact: false }).first().fill("made");
      await dialog.getByLabel("Address").fill("http://127.0.0.1:9");
      await dialog.getByLabel("Secret of key 1").fill("sk-made-by-the-test");
      await dialog.getByRole("button", { name: "Add provider" }).click();
      const address = dialog.locator("label", { hasText: "Address" });
      await address.getByRole("alert").waitFor();
      await dialog.getByLabel("Address").fill("");
      await dialog.getByRole("button", { name: "Add provider" }).click();
      await said(page, "The provider made is in force.");

      await page.getByRole("button", { name: "Model", exact: true }).click();
      await dialog.getByLabel("Name", { exact: false }).first().fill("mine");
      await dialog.getByLabel("Target 1", { exact: true }).fill("nowhere/gpt-4o");
      await dialog.getByRole("button", { name: "Add model" }).click();
      await dialog.getByRole("group", { name: "Targets" }).getByRole("alert").waitFor();
      await dialog.getByLabel("Target 1", { exact: true }).fill("made/gpt-4o");
      await dialog.getByRole("button", { name: "Target", exact: true }).click();
      await dialog.getByLabel("Target 2", { exact: true }).fill("second/claude-haiku-4-5");
      await dialog.getByRole("button", { name: "Try target 2 earlier" }).click();
      await dialog.getByRole("button", { name: "Add model" }).click();
      await said(page, "The model mine is in force.");
      expect(await modelOf(gateway, "mine")).toMatchObject({
        strategy: "fallback",
        targets: ["second/claude-haiku-4-5", "made/gpt-4o"],
      });

      await page.getByRole("button", { name: "Edit mine" }).click();
      await dialog.getByLabel("Strategy").selectOption("latency");
      await dialog.getByText("More settings").click();
      await dialog.getByLabel("As JSON").fill('{ "affinity": "off" }');
      await dialog.getByRole("button", { name: "Save" }).click();
      await said(page, "The model mine is in force.");
      await page.getByRole("region", { name: "mine" }).getByText("affinity").waitFor();
      expect(await modelOf(gateway, "mine")).toMatchObject({ strategy: "latency", affinity: "off", fallbacks: null });

      // Of two people at the same one the second is told, and nothing is lost.
      await page.getByRole("button", { name: "Edit mine" }).click();
      await dialog.getByLabel("Strategy").selectOption("cost");
      await change(gateway, "models/mine", { strategy: "weighted" });
      await dialog.getByRole("button", { name: "Save" }).click();
      await dialog.getByText("Somebody has changed it").waitFor();
      await dialog.getByRole("button", { name: "Show what it is now" }).click();
      await dialog.getByText("Somebody has changed it").waitFor({ state: "detached" });
      expect(await dialog.getByLabel("Strategy").inputValue()).toBe("weighted");
      await dialog.getByRole("button", { name: "Save" }).click();
      await said(page, "The model mine is in force.");

      await page.getByRole("button", { name: "Edit made" }).click();
      await dialog.getByLabel("Weight of key 1").fill("2");
      await dialog.getByRole("button", { name: "Save" }).click();
      await said(page, "The provider made is in force.");
      await page.getByText("key-1 (weight 2)").waitFor();

      // What something still needs stays: the gateway says what.
      await page.getByRole("button", { name: "Delete made" }).click();
      await dialog.getByRole("button", { name: "Delete" }).click();
      await said(page, /mine/);
      for (const name of ["mine", "made"]) {
        await page.getByRole("button", { name: `Delete ${name}` }).click();
        await dialog.getByRole("button", { name: "Delete" }).click();
        await said(page, `${name} is gone.`);
      }
      // Two refusals, and the one of the deletion, are what the console has to say.
      expect(tab.problems.filter((problem) => !/status of 4\d\d/.test(problem))).toEqual([]);
      expect(await page.content()).not.toContain("sk-made-by-the-test");
    },
    TEST_LIMIT_MS,
  );

  test(
    "a viewer sees the same and is offered nothing they may not do",
    async () => {
      await using tab = await openViewerTab(browser, signedIn);
      await tab.open("/ui/routes");
      await tab.page.getByRole("region", { name: "fast" }).waitFor();
      expect(await tab.page.locator("main").getByRole("button").count()).toBe(0);
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "looks good by day and by night, on a desktop and on a phone",
    () =>
      expectGoodLooks(browser, {
        ...signedIn,
        path: "/ui/routes",
        ready: (page) => page.getByRole("region", { name: "Providers" }).waitFor(),
      }),
    TEST_LIMIT_MS,
  );
});

async function call(gateway: Gateway, calls: number): Promise<void> {
  for (let number = 0; number < calls; number++) {
    const response = await gateway.fetch("/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "fast", messages: [{ role: "user", content: `Question ${number}` }] }),
    });
    expect(response.status).toBe(200);
    await response.text();
  }
}

async function admin<T>(gateway: Gateway, path: string): Promise<T> {
  const response = await gateway.fetch(`/admin/${path}`, { headers: { authorization: `Bearer ${ADMIN}` } });
  return (await response.json()) as T;
}

async function change(gateway: Gateway, path: string, body: object): Promise<void> {
  const response = await gateway.fetch(`/admin/${path}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

async function reasonOf(gateway: Gateway, target: string): Promise<string | null> {
  const { data } = await admin<{ data: { target: string; reason: string | null }[] }>(gateway, "targets");
  return data.find((row) => row.target === target)!.reason;
}

function modelOf(gateway: Gateway, name: string): Promise<Record<string, unknown>> {
  return admin(gateway, `models/${name}`);
}

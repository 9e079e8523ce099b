/** The dashboard's Budgets & keys: who is near a limit, and everything an operator does with keys, teams and customers. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { type Gateway, startGateway } from "../harness.ts";
import { type Upstream, upstream } from "../upstreams.ts";
import { CHROMIUM, openBrowser, openTab } from "./browser.ts";
import { expectGoodLooks, expectNothingWrong, openViewerTab, said } from "./looks.ts";

const ADMIN = "admin-token-of-the-test";
const FILE_KEY = "key-of-the-file";
const START_LIMIT_MS = 120_000;
const TEST_LIMIT_MS = 60_000;

const configOf = (first: Upstream) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: { first: { type: "openai-compatible", baseUrl: "${first.url}/v1" } },
  models: { fast: ["first/gpt-4o"] },
  pricing: { "first/gpt-4o": { inputPerMillionUsd: 0, outputPerMillionUsd: 1000 } },
  access: {
    budgets: [{ limitUsd: 100, per: "month" }],
    customers: { acme: {} },
    teams: { search: { customer: "acme", budgets: [{ limitUsd: 10, per: "day" }] }, ops: {} },
    keys: { filed: { secret: env("FILE_KEY"), team: "search", budgets: [{ limitUsd: 0.1, per: "day" }] } },
  },
});`;

describe.skipIf(!CHROMIUM)("budgets and keys (needs chromium)", () => {
  const first = upstream({ dialect: "openai-chat" });
  let gateway: Gateway;
  let browser: Browser & AsyncDisposable;
  let signedIn: { url: string; token: string };

  beforeAll(async () => {
    if (!CHROMIUM) return;
    gateway = await startGateway({ config: configOf(first), env: { ADMIN, FILE_KEY } });
    browser = await openBrowser();
    signedIn = { url: gateway.url, token: ADMIN };
    // Until the budget is spent: some are answered, some refused.
    for (let call = 0; call < 20; call++) await ask(gateway, FILE_KEY);
  }, START_LIMIT_MS);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
    first[Symbol.dispose]();
  });

  test(
    "who is near a limit comes first; the hierarchy leads to the calls, a budget is reset after a question",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/keys");
      const near = page.getByRole("region", { name: "Near a limit" });
      await near.getByText("filed").waitFor();
      const rows = page
        .getByRole("table", { name: /Gateway, customers/ })
        .locator("tbody tr .level-name > span:first-child");
      expect((await rows.allInnerTexts()).map((text) => text.split(" ")[0])).toEqual([
        "Gateway",
        "acme",
        "search",
        "filed",
        "ops",
      ]);
      await page.getByLabel("Find").fill("ops");
      expect((await rows.allInnerTexts()).map((text) => text.split(" ")[0])).toEqual(["Gateway", "ops"]);
      expect(page.url()).toEndWith("?text=ops");
      await near.getByRole("button", { name: "Reset the budget of key filed per day" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Reset" }).click();
      await said(page, "taken off the budget of key filed");
      await near.getByText("Nobody.").waitFor();
      await page.getByLabel("Find").fill("");
      await page
        .getByRole("row", { name: /^filed/ })
        .getByRole("link", { name: "20" })
        .click();
      await page.getByRole("heading", { level: 1, name: "Requests" }).waitFor();
      expect(new URL(page.url()).searchParams.get("key")).toBe("filed");
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "a key is made, shown once with a call that works, changed, rotated, paused and revoked",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/keys");
      await page.getByRole("button", { name: "New key" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.locator("input[name=name]").fill("trial");
      await dialog.locator("select[name=team]").selectOption("search");
      await dialog.getByRole("button", { name: "Add a budget" }).first().click();
      await dialog.getByLabel("Limit in USD of budget 1").first().fill("five");
      await dialog.getByRole("button", { name: "Create key" }).click();
      // What is wrong is told beside its field, in the gateway's words.
      await dialog.getByRole("group", { name: "Budgets", exact: true }).getByRole("alert").waitFor();
      await dialog.getByLabel("Limit in USD of budget 1").first().fill("5");
      await dialog.getByRole("button", { name: "Create key" }).click();
      const [secret, line] = await shownKey(page);
      expect(secret).toMatch(/^eg_[A-Za-z0-9]{40}$/);
      expect(await curl(line)).toContain('"content":"one two three four five"');
      await page.getByRole("link", { name: "trial" }).click();
      await page.getByRole("heading", { level: 1, name: "trial" }).waitFor();
      expect(await page.content()).not.toContain(secret);

      await page.getByRole("button", { name: "Edit" }).click();
      await dialog.locator("input[name=models]").fill("fast");
      await dialog.getByRole("button", { name: "Save" }).click();
      await said(page, "trial is changed");

      await page.getByRole("button", { name: "Rotate" }).click();
      await dialog.getByRole("button", { name: "Rotate" }).click();
      const [rotated] = await shownKey(page);
      expect(rotated).not.toBe(secret);
      expect([await ask(gateway, secret), await ask(gateway, rotated)]).toEqual([200, 200]);
      await page.getByText("two secrets").waitFor();

      await page.getByRole("button", { name: "Disable" }).click();
      await dialog.getByRole("button", { name: "Disable" }).click();
      await said(page, "trial is disabled");
      expect(await ask(gateway, rotated)).toBe(403);
      await page.getByRole("button", { name: "Enable" }).click();
      await said(page, "trial is enabled");
      expect(await ask(gateway, rotated)).toBe(200);

      await page.getByRole("button", { name: "Revoke" }).click();
      await dialog.getByRole("button", { name: "Revoke" }).click();
      await said(page, "The key trial is gone");
      expect(await ask(gateway, rotated)).toBe(401);
      expect(page.url()).toBe(`${gateway.url}/ui/keys`);
      // The refused limit is all that the console has to say.
      expect(tab.problems.filter((problem) => !problem.includes("400"))).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "of two people at the same team the second is told, and nothing is lost; what has keys is not deleted",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/keys");
      const dialog = page.getByRole("dialog");
      await page.getByRole("button", { name: "New team" }).click();
      await dialog.locator("input[name=name]").fill("growth");
      await dialog.locator("select[name=customer]").selectOption("acme");
      await dialog.getByRole("button", { name: "Create team" }).click();
      await said(page, "The team growth is there");
      await page.getByRole("link", { name: "growth" }).click();
      await page.getByRole("button", { name: "Edit" }).click();
      await dialog.locator("input[name=models]").fill("fast");
      await admin(gateway, "PATCH", "/admin/teams/growth", { tags: { owner: "ann" } });
      await dialog.getByRole("button", { name: "Save" }).click();
      await dialog.getByText("Somebody has changed it").waitFor();
      await dialog.getByRole("button", { name: "Show what it is now" }).click();
      await dialog.locator("input[name=tags]").waitFor();
      expect(await dialog.locator("input[name=tags]").inputValue()).toBe("owner=ann");
      await dialog.locator("input[name=models]").fill("fast");
      await dialog.getByRole("button", { name: "Save" }).click();
      await said(page, "growth is changed");
      const kept = await admin(gateway, "GET", "/admin/teams/growth");
      expect(kept).toMatchObject({ models: ["fast"], tags: { owner: "ann" } });

      await admin(gateway, "POST", "/admin/keys", { name: "lab", team: "growth" });
      await page.getByRole("button", { name: "Delete" }).click();
      await dialog.getByRole("button", { name: "Delete" }).click();
      await said(page, "lab");
      await admin(gateway, "DELETE", "/admin/keys/lab");
      await page.getByRole("button", { name: "Delete" }).click();
      await dialog.getByRole("button", { name: "Delete" }).click();
      await said(page, "The team growth is gone");
      expect(tab.problems.filter((problem) => !/40[49]|412/.test(problem))).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "what the file declares is marked and not offered for change; a viewer and a team are shown no more than they may",
    async () => {
      await using tab = await openTab(browser, signedIn);
      await tab.open("/ui/keys/keys/file%3Afiled");
      await tab.page.getByText("Declared in the configuration file").waitFor();
      expect(await tab.page.getByRole("button", { name: /Edit|Revoke|Rotate|Disable/ }).count()).toBe(0);
      await using viewer = await openViewerTab(browser, signedIn);
      await viewer.open("/ui/keys");
      await viewer.page.getByRole("link", { name: "filed" }).waitFor();
      expect(await viewer.page.getByRole("button", { name: /New|Reset/ }).count()).toBe(0);

      await using team = await openTab(browser, { url: gateway.url });
      const asked = await becomeTeam(team.page, gateway.url, "search");
      await team.open("/ui/keys");
      await team.page.getByRole("link", { name: "filed" }).waitFor();
      const MAY = /^\/admin\/(?:about|keys|budgets|stats)(?:\?|$)/;
      expect(asked.filter((path) => !MAY.test(path))).toEqual([]);
      expect(await team.page.getByRole("button", { name: /New|Reset/ }).count()).toBe(0);
    },
    TEST_LIMIT_MS,
  );

  test(
    "legible at every width, in both themes, with its dialogs",
    async () => {
      const table = (page: Page) => page.getByRole("heading", { name: /^Usage/ }).waitFor();
      await expectGoodLooks(browser, { ...signedIn, path: "/ui/keys?by=key", ready: table });
      await expectGoodLooks(browser, { ...signedIn, path: "/ui/keys/teams/file%3Ateam%3Asearch", ready: table });
      for (const [theme, widthPx] of [
        ["light", 360],
        ["dark", 1_440],
      ] as const) {
        await using tab = await openTab(browser, { ...signedIn, theme, widthPx });
        await tab.open("/ui/keys");
        await tab.page.getByRole("button", { name: "New key" }).click();
        await tab.page.getByText("More settings").click();
        await tab.page.getByRole("button", { name: "Add a budget" }).first().click();
        await expectNothingWrong(tab);
        // The keyboard alone leaves it.
        await tab.page.keyboard.press("Escape");
        await tab.page.getByRole("dialog").waitFor({ state: "detached" });
      }
    },
    TEST_LIMIT_MS,
  );
});

/** The secret and the line to try it with, before the dialog is closed. */
async function shownKey(page: Page): Promise<[secret: string, line: string]> {
  const lines = page.getByRole("dialog").locator(".copy-line code");
  await lines.nth(1).waitFor();
  const [secret, line] = await lines.allInnerTexts();
  await page.getByRole("button", { name: "I have copied it" }).click();
  return [secret!, line!];
}

async function curl(line: string): Promise<string> {
  const { stdout } = Bun.spawn(["sh", "-c", line], { stdout: "pipe", stderr: "ignore" });
  return await new Response(stdout).text();
}

async function ask(gateway: Gateway, key: string): Promise<number> {
  const response = await gateway.fetch("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: "fast", max_tokens: 16, messages: [{ role: "user", content: "Hello" }] }),
  });
  await response.text();
  return response.status;
}

async function admin(gateway: Gateway, method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await gateway.fetch(path, {
    method,
    headers: { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
  return (await response.json()) as Record<string, unknown>;
}

/** The page is told that its person is of a team; returns what it then asks of the admin API. */
async function becomeTeam(page: Page, url: string, team: string): Promise<string[]> {
  const asked: string[] = [];
  await page.route(`${url}/sso/session`, async (route) => {
    const response = await route.fetch();
    const session = await response.json();
    if (session.holder) session.holder = { role: "team", team, name: "Ann" };
    await route.fulfill({ response, json: session });
  });
  await page.goto(`${url}/ui#token=${ADMIN}`);
  await page.locator(".layout").waitFor();
  await page.waitForLoadState("networkidle");
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith("/admin/")) asked.push(pathname + search);
  });
  return asked;
}

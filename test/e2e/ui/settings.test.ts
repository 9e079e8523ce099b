/** The dashboard's Settings: what is in force, whether something else would be taken, who changed what, and the session. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { type Gateway, startGateway } from "../harness.ts";
import { CHROMIUM, openBrowser, openTab } from "./browser.ts";
import { expectGoodLooks, openViewerTab, said } from "./looks.ts";

const ADMIN = "admin-token-of-the-test";
const START_LIMIT_MS = 120_000;
const TEST_LIMIT_MS = 60_000;

const config = (maxBodyBytes: string) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN"), maxBodyBytes: ${maxBodyBytes} },
  providers: { sim: { type: "simulated" } },
  models: { fast: ["sim/gpt-4o"] },
  access: { require: "none", teams: { search: {} } },
});`;

describe.skipIf(!CHROMIUM)("settings (needs chromium)", () => {
  let gateway: Gateway;
  let browser: Browser & AsyncDisposable;
  let signedIn: { url: string; token: string };

  beforeAll(async () => {
    if (!CHROMIUM) return;
    gateway = await startGateway({ config: config("1_000_000"), env: { ADMIN } });
    browser = await openBrowser();
    signedIn = { url: gateway.url, token: ADMIN };
  }, START_LIMIT_MS);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
  });

  test(
    "the configuration in force is read and searched without its secrets, and read again from the file",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/settings");
      await page.getByText("maxBodyBytes").waitFor();
      expect(await page.content()).not.toContain(ADMIN);
      await page.getByLabel("Find a setting").fill("fast");
      await page.getByRole("heading", { level: 2, name: "1 setting" }).waitFor();
      expect(page.url()).toEndWith("?find=fast");
      await page.getByLabel("Find a setting").fill("maxBodyBytes");
      await gateway.write("gateway.config.ts", config("2_000_000"));
      await page.getByRole("button", { name: "Reload" }).click();
      await said(page, "in force");
      await page.getByText("2000000").waitFor();
      expect(tab.problems).toEqual([]);
      await gateway.write("gateway.config.ts", config('"much"'));
      await page.getByRole("button", { name: "Reload" }).click();
      await page.getByRole("alert").getByText("maxBodyBytes").waitFor();
      await page.getByText("What was in force before stays in force").waitFor();
      await gateway.write("gateway.config.ts", config("1_000_000"));
      // The refused reload, and nothing else, is what the console has to say.
      expect(tab.problems.filter((problem) => !problem.includes("400"))).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "a pasted configuration is judged, fault by fault",
    async () => {
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/settings?show=check");
      const judge = async (text: string) => {
        await page.locator("textarea[name=config]").fill(text);
        await page.getByRole("button", { name: "Check", exact: true }).click();
      };
      await judge("{ not json");
      await page.getByRole("alert").getByText("This is no JSON").waitFor();
      await judge('{ "providers": { "sim": { "type": "simulated" } }, "modles": {} }');
      await page.getByText("One fault").waitFor();
      const fault = page.getByRole("row").nth(1);
      expect(await fault.textContent()).toContain("modles");
      expect(await fault.textContent()).toContain("models");
      await judge('{ "providers": { "sim": { "type": "simulated" } }, "models": { "fast": ["sim/gpt-4o"] } }');
      await page.getByText("It would be taken as it is.").waitFor();
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "the audit trail tells who changed what from what to what, and is filtered by address",
    async () => {
      await admin(gateway, "POST", "/admin/keys", { name: "web", team: "search" });
      await admin(gateway, "PATCH", "/admin/keys/web", { tags: { env: "prod" } });
      await using tab = await openTab(browser, signedIn);
      const { page } = tab;
      await tab.open("/ui/settings?show=audit");
      await page.locator("select[name=action]").selectOption("update");
      const row = page.getByRole("row").filter({ hasText: "update key" });
      await row.waitFor();
      expect(await row.locator("ins").textContent()).toBe('{"env":"prod"}');
      expect(await page.getByText("create key").count()).toBe(0);
      expect(new URL(page.url()).searchParams.get("action")).toBe("update");
      await page.getByRole("link", { name: "Show all" }).click();
      await page.getByText("create key").waitFor();
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test(
    "signing out everywhere ends the sessions of other browsers too",
    async () => {
      await using other = await openTab(browser, signedIn);
      await using tab = await openTab(browser, signedIn);
      await tab.open("/ui/settings?show=session");
      await tab.page.getByText("need no key").waitFor();
      await tab.page.getByRole("button", { name: "Sign out everywhere" }).click();
      await tab.page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
      await tab.page.getByLabel("Admin token").waitFor();
      await other.open("/ui/settings");
      await other.page.getByLabel("Admin token").waitFor();
    },
    TEST_LIMIT_MS,
  );

  test(
    "a viewer is offered what may be read, and nothing that changes",
    async () => {
      await using tab = await openViewerTab(browser, signedIn);
      await tab.open("/ui/settings");
      await tab.page.getByText("maxBodyBytes").waitFor();
      expect(await tab.page.getByRole("button", { name: "Reload" }).count()).toBe(0);
      expect(await tab.page.getByRole("link", { name: "Check" }).count()).toBe(0);
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test.each([
    ["configuration", (page: Page) => page.getByText("maxBodyBytes").waitFor()],
    ["check", (page: Page) => page.getByRole("heading", { level: 2 }).waitFor()],
    ["audit", (page: Page) => page.getByRole("row").nth(1).waitFor()],
    ["session", (page: Page) => page.getByText("need no key").waitFor()],
  ])(
    "%s is legible at every width, in both themes",
    (show, ready) => expectGoodLooks(browser, { ...signedIn, path: `/ui/settings?show=${show}`, ready }),
    TEST_LIMIT_MS,
  );
});

async function admin(gateway: Gateway, method: string, path: string, body: object): Promise<void> {
  const response = await gateway.fetch(path, {
    method,
    headers: { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.ok).toBe(true);
}

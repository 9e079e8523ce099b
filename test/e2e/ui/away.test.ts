/** What the dashboard does when the gateway is away, when a session is over, and for whoever has no mouse. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { type Gateway, startGateway } from "../harness.ts";
import { CHROMIUM, openBrowser, openTab } from "./browser.ts";

const ADMIN = "admin-token-of-the-test";
const START_LIMIT_MS = 120_000;
const TEST_LIMIT_MS = 90_000;
const CONFIG = `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: { only: { type: "simulated" } },
  models: { fast: ["only/gpt-4o"] },
  access: { require: "none" },
});`;

describe.skipIf(!CHROMIUM)("away, signed out, without a mouse (needs chromium)", () => {
  let gateway: Gateway;
  let browser: Browser & AsyncDisposable;

  beforeAll(async () => {
    if (!CHROMIUM) return;
    gateway = await startGateway({ config: CONFIG, env: { ADMIN } });
    browser = await openBrowser();
  }, START_LIMIT_MS);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
  });

  test(
    "while the gateway is away the page says so, keeps what it knew, and goes on by itself once it is back",
    async () => {
      const first = await startGateway({ config: CONFIG, env: { ADMIN }, cwd: `${gateway.cwd}/away` });
      await using tab = await openTab(browser, { url: first.url, token: ADMIN });
      const { page } = tab;
      await tab.open("/ui/routes");
      const model = page.getByRole("region", { name: "fast" });
      await model.waitFor();
      await first.stop();
      await page.getByText("The gateway does not answer. Is it running?").first().waitFor();
      await model.waitFor();
      await using _again = await startGateway({ env: { ADMIN }, cwd: first.cwd, port: first.port });
      await page.getByText("The gateway does not answer.").first().waitFor({ state: "detached" });
      await model.waitFor();
    },
    TEST_LIMIT_MS,
  );

  test(
    "a session that is over leads to the sign-in, and from there back to the same page",
    async () => {
      await using tab = await openTab(browser, { url: gateway.url, token: ADMIN });
      const { page } = tab;
      await tab.open("/ui/requests?status=5xx&model=fast");
      await page.context().clearCookies();
      await page.getByLabel("Status").selectOption("2xx");
      await page.getByLabel("Admin token").fill(ADMIN);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "Requests" }).waitFor();
      expect(new URL(page.url()).search).toBe("?status=2xx&model=fast");
      await page.getByText("No request matches these filters.").waitFor();
    },
    TEST_LIMIT_MS,
  );

  test(
    "with the keyboard alone: past the menu, to every page, into a dialog and out of it, and what is focused is seen",
    async () => {
      await using tab = await openTab(browser, { url: gateway.url, token: ADMIN });
      const { page } = tab;
      await tab.open("/ui/keys");
      await page.getByRole("button", { name: "New key" }).waitFor();
      await page.keyboard.press("Tab");
      expect(await focused(page)).toBe("Skip to content");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      expect(await focused(page)).toBe("New key");
      expect(await outlinePx(page)).toBeGreaterThanOrEqual(2);
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      // Around and around: the focus stays inside, or goes to the browser's own bar.
      for (let presses = 0; presses < 40; presses++) {
        await page.keyboard.press("Tab");
        const isInside = () => {
          const { activeElement } = document;
          return activeElement === document.body || activeElement!.closest("dialog") !== null;
        };
        expect(await page.evaluate(isInside)).toBe(true);
      }
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await page.waitForFunction(() => document.activeElement?.textContent?.trim() === "New key");

      await tab.open("/ui");
      const pages = ["Requests", "Routes", "Cache", "Budgets & keys", "Quality", "Alerts", "Settings", "Playground"];
      for (const name of pages) {
        await tabTo(page, name);
        expect(await outlinePx(page)).toBeGreaterThanOrEqual(2);
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { level: 1, name }).waitFor();
      }
      expect(tab.problems).toEqual([]);
    },
    TEST_LIMIT_MS,
  );
});

/** Name of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
}

function outlinePx(page: Page): Promise<number> {
  return page.evaluate(() => Number.parseFloat(getComputedStyle(document.activeElement!).outlineWidth));
}

/** More than any page has to be tabbed through. */
const MAX_TABS = 120;

async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < MAX_TABS; presses++) {
    await page.keyboard.press("Tab");
    if ((await focused(page)) === name) return;
  }
  throw new Error(`${name} cannot be reached by Tab.`);
}

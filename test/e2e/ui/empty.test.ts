/** Pages of the dashboard on which there is nothing yet. */
import { test } from "bun:test";
import { startGateway } from "../harness.ts";
import { CHROMIUM, openBrowser, openTab } from "./browser.ts";
import { expectNothingWrong } from "./looks.ts";

const ADMIN = "admin-token-of-the-test";
const TEST_LIMIT_MS = 90_000;

test.skipIf(!CHROMIUM)(
  "each page says what to do next, with the lines to copy (needs chromium)",
  async () => {
    const config = `
      import { defineConfig, env } from "evergate";
      export default defineConfig({ server: { adminToken: env("ADMIN") }, providers: { only: { type: "simulated" } } });`;
    await using gateway = await startGateway({ config, env: { ADMIN } });
    await using browser = await openBrowser();
    for (const [path, line] of [
      ["/ui/routes", "models: {"],
      ["/ui/cache", "cache: {"],
      ["/ui/quality", "evals: [{"],
      ["/ui/alerts", "rules: [{"],
    ] as const) {
      await using tab = await openTab(browser, { url: gateway.url, token: ADMIN, widthPx: 360 });
      await tab.open(path);
      await tab.page.locator(".empty .copy-line", { hasText: line }).first().waitFor();
      await expectNothingWrong(tab);
    }
  },
  TEST_LIMIT_MS,
);

/** The dashboard of the compiled binary in a real browser: sign-in, and its first pages over seeded traffic. */
import { expect, test } from "bun:test";
import { type Gateway, startGateway } from "../harness.ts";
import { type Upstream, upstream } from "../upstreams.ts";
import { axeViolations, CHROMIUM, openBrowser, openTab, overflowPx } from "./browser.ts";

const ADMIN = "admin-token-of-the-test";
const TEST_LIMIT_MS = 90_000;

const configOf = (first: Upstream, second: Upstream) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: {
    first: { type: "openai-compatible", baseUrl: "${first.url}/v1" },
    second: { type: "anthropic", baseUrl: "${second.url}", keys: ["sk-second"] },
  },
  models: { fast: ["first/gpt-4o", "second/claude-sonnet-4-5"] },
  pricing: { "first/gpt-4o": { inputPerMillionUsd: 1, outputPerMillionUsd: 1 } },
  access: { require: "none", teams: { search: { budgets: [{ limitUsd: 1, per: "day" }] } } },
});`;

test.skipIf(!CHROMIUM)(
  "a wrong token is refused, the right one opens the page that was asked for, and signing out closes it (needs chromium)",
  async () => {
    await using gateway = await startGateway({ config: configOf(...upstreams()), env: { ADMIN } });
    await using browser = await openBrowser();
    await using tab = await openTab(browser, { url: gateway.url });
    const { page } = tab;
    await tab.open("/ui/requests?status=5xx");
    expect(await page.title()).toBe("Sign in · Evergate");
    expect(await axeViolations(page)).toEqual([]);
    await page.getByLabel("Admin token").fill("not-the-token");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Admin token").fill(ADMIN);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Requests" }).waitFor();
    expect(page.url()).toBe(`${gateway.url}/ui/requests?status=5xx`);
    // A session, not the token, is what the browser keeps.
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect(kept).not.toContain(ADMIN);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Admin token").waitFor();
    // The refused token, and nothing else, is what the console has to say.
    expect(tab.problems.filter((problem) => !problem.includes("401"))).toEqual([]);
  },
  TEST_LIMIT_MS,
);

test.skipIf(!CHROMIUM)(
  "overview and requests show what happened, on a desktop by day and on a phone by night (needs chromium)",
  async () => {
    const [first, second] = upstreams();
    await using gateway = await startGateway({ config: configOf(first, second), env: { ADMIN } });
    await traffic(gateway, 6);
    first.setFaults({ error: "unavailable" });
    await traffic(gateway, 6);
    await using browser = await openBrowser();
    for (const [theme, widthPx] of [
      ["light", 1_440],
      ["dark", 360],
    ] as const) {
      await using tab = await openTab(browser, { url: gateway.url, token: ADMIN, theme, widthPx });
      const { page } = tab;
      expect(page.url()).toBe(`${gateway.url}/ui`);
      await page.getByText("first/gpt-4o").first().waitFor();
      expect(await axeViolations(page)).toEqual([]);
      expect(await overflowPx(page)).toBe(0);
      await tab.open("/ui/requests?failover=true");
      await page.locator("tbody tr").first().waitFor();
      expect(await axeViolations(page)).toEqual([]);
      expect(await overflowPx(page)).toBe(0);
      await page.locator("tbody tr a").first().click();
      await page.getByRole("heading", { level: 2, name: "Attempts" }).waitFor();
      expect(await axeViolations(page)).toEqual([]);
      expect(await overflowPx(page)).toBe(0);
      expect(tab.problems).toEqual([]);
    }
  },
  TEST_LIMIT_MS,
);

function upstreams(): [Upstream, Upstream] {
  return [upstream({ dialect: "openai-chat" }), upstream({ dialect: "anthropic-messages" })];
}

async function traffic(gateway: Gateway, calls: number): Promise<void> {
  for (let call = 0; call < calls; call++) {
    const response = await gateway.fetch("/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "fast", stream: true, messages: [{ role: "user", content: `Question ${call}` }] }),
    });
    expect(response.status).toBe(200);
    await response.text();
  }
}

/** People of an OpenID Connect issuer in the dashboard: led back to where they wanted to go, shown what their role may. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { freePort } from "../../support/free-port.ts";
import { CLIENT, type OidcServer, startOidcServer } from "../../support/sign-in/oidc-server.ts";
import { type Gateway, startGateway } from "../harness.ts";
import { CHROMIUM, openBrowser, openTab, type Tab } from "./browser.ts";

const START_LIMIT_MS = 60_000;
const TEST_LIMIT_MS = 60_000;

const configOf = (issuer: string) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: { first: { type: "simulated" } },
  models: { fast: ["first/m"] },
  sso: {
    oidc: { issuer: "${issuer}", clientId: "${CLIENT.clientId}", clientSecret: env("CLIENT_SECRET"), label: "Acme", scopes: ["profile", "email", "groups"] },
    roles: [{ mail: "vera@example.com", role: "viewer" }, { group: "search", role: "team", team: "search" }],
  },
  access: {
    require: "none", teams: { search: {}, ops: {} },
    keys: { ours: { secret: "a-key-of-search", team: "search" }, theirs: { secret: "a-key-of-ops", team: "ops" } },
  },
});`;

describe.skipIf(!CHROMIUM)("signed in by an issuer (needs chromium)", () => {
  let issuer: OidcServer;
  let gateway: Gateway;
  let browser: Browser & AsyncDisposable;

  beforeAll(async () => {
    if (!CHROMIUM) return;
    const port = freePort();
    issuer = await startOidcServer({ port: freePort(), redirectUri: `http://127.0.0.1:${port}/sso/oidc/callback` });
    issuer.accounts.set("vera", { name: "Vera", email: "vera@example.com", email_verified: true });
    issuer.accounts.set("tom", { name: "Tom", groups: ["search"] });
    issuer.accounts.set("eve", { name: "Eve", groups: ["nobody"] });
    const env = { ADMIN: "an-admin-token-of-the-test", CLIENT_SECRET: CLIENT.clientSecret };
    gateway = await startGateway({ port, config: configOf(issuer.url), env });
    browser = await openBrowser();
    for (const key of ["a-key-of-search", "a-key-of-ops"])
      await gateway.fetch("/v1/chat/completions", {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({ model: "fast", messages: [{ role: "user", content: "hi" }] }),
      });
  }, START_LIMIT_MS);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
    await issuer?.[Symbol.asyncDispose]();
  });

  /** Wanted a page, was asked who they are, and said so at the issuer. */
  async function signIn(tab: Tab, login: string, path: string): Promise<void> {
    await tab.page.goto(gateway.url + path);
    await tab.page.getByRole("link", { name: "Sign in with Acme" }).click();
    await tab.page.locator("input[name=login]").fill(login);
    await tab.page.getByRole("button", { name: "Sign in" }).click();
    await tab.page.waitForURL(`${gateway.url}/**`);
    // The issuer's own page is none of the dashboard's.
    tab.problems.length = 0;
  }

  /** Goes to every page that the menu offers; what the gateway refuses would be on the console. */
  async function visitAll({ page, problems }: Tab): Promise<string[]> {
    const links = page.getByRole("navigation").first().getByRole("link");
    const names = await links.allInnerTexts();
    for (const name of names) {
      await page.getByRole("navigation").first().getByRole("link", { name, exact: true }).click();
      await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
      await page.waitForLoadState("networkidle");
    }
    expect(problems).toEqual([]);
    return names;
  }

  test(
    "a viewer comes back to the page that was wanted, sees every page and is offered no change",
    async () => {
      await using tab = await openTab(browser, gateway);
      const { page } = tab;
      await signIn(tab, "vera", "/ui/requests?status=2xx");
      await page.getByRole("heading", { level: 1, name: "Requests" }).waitFor();
      expect(page.url()).toBe(`${gateway.url}/ui/requests?status=2xx`);
      await page.getByText("vera@example.com").or(page.getByText("Vera")).first().waitFor();
      expect(await visitAll(tab)).toEqual(expect.arrayContaining(["Overview", "Routes", "Budgets & keys", "Settings"]));
      await page.goto(`${gateway.url}/ui/routes`);
      await page.getByRole("region", { name: "fast" }).waitFor();
      expect(await page.getByRole("button", { name: /Drain|Model|Provider/ }).count()).toBe(0);
      await page.goto(`${gateway.url}/ui/keys`);
      await page.getByText("theirs").first().waitFor();
      expect(await page.getByRole("button", { name: /New key/ }).count()).toBe(0);
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("link", { name: "Sign in with Acme" }).waitFor();
    },
    TEST_LIMIT_MS,
  );

  test(
    "a member of a team sees the calls and keys of this team alone",
    async () => {
      await using tab = await openTab(browser, gateway);
      const { page } = tab;
      await signIn(tab, "tom", "/ui/requests");
      await page.getByRole("table").getByText("ours").first().waitFor();
      expect(await page.getByRole("table").getByText("theirs").count()).toBe(0);
      expect(await visitAll(tab)).toEqual(["Overview", "Requests", "Budgets & keys", "Settings", "Playground"]);
      await page.goto(`${gateway.url}/ui/keys`);
      await page.getByText("ours").first().waitFor();
      expect(await page.getByText("theirs").count()).toBe(0);
    },
    TEST_LIMIT_MS,
  );

  test(
    "whom no rule gives a role is told so, and what to do",
    async () => {
      await using tab = await openTab(browser, gateway);
      await signIn(tab, "eve", "/ui");
      const heading = tab.page.getByRole("heading", { level: 1 });
      await heading.waitFor();
      expect(new URL(tab.page.url()).pathname).toBe("/sso/oidc/callback");
      await tab.page.getByRole("link", { name: "To the dashboard" }).click();
      await tab.page.getByRole("link", { name: "Sign in with Acme" }).waitFor();
    },
    TEST_LIMIT_MS,
  );
});

/** Google as it is: its own issuer name and claims, served by a real OpenID Connect server in its place. */

import { expect, test } from "bun:test";
import type { RoleRule } from "../../../src/config/config.ts";
import { freePort } from "../../support/free-port.ts";
import { browser, type Reach } from "../../support/sign-in/browser.ts";
import { CLIENT, startOidcServer } from "../../support/sign-in/oidc-server.ts";
import { standIn } from "../stand-in.ts";

const GOOGLE = "https://accounts.google.com";
const VIEWERS: RoleRule[] = [{ provider: "google", role: "viewer", team: null }];

/** The name leads to the server of the test, as it would lead to Google through a proxy. */
function network(port: number): Reach {
  return (url, init) => {
    if (!url.startsWith(`${GOOGLE}/`)) return fetch(url, init);
    const headers = new Headers(init.headers);
    headers.set("x-forwarded-proto", "https");
    headers.set("x-forwarded-host", "accounts.google.com");
    return fetch(url.replace(GOOGLE, `http://127.0.0.1:${port}`), { ...init, headers });
  };
}

async function googleSetUp(domains: readonly string[] | null, roles = VIEWERS) {
  const port = freePort();
  const reach = network(port);
  const gateway = standIn({ sso: { google: { ...CLIENT, domains }, roles }, fetch: reach });
  const redirectUri = gateway.url("/sso/google/callback");
  const server = await startOidcServer({ port, redirectUri, issuer: GOOGLE, claimsInIdToken: true });
  const client = browser(reach);
  return {
    gateway,
    server,
    browser: client,
    async signIn(claims: Record<string, unknown>) {
      server.accounts.set("it", claims);
      return client.submit(await client.open(gateway.url("/sso/google")), { login: "it" });
    },
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await server[Symbol.asyncDispose]();
    },
  };
}

const ADA = { name: "Ada", email: "ada@example.com", email_verified: true, hd: "example.com" };

test("an account of the Workspace domain signs in", async () => {
  await using at = await googleSetUp(["example.com"]);
  expect((await at.signIn(ADA)).url).toBe(at.gateway.url("/ui"));
  expect(JSON.parse((await at.browser.open(at.gateway.url("/sso/session"))).text)).toMatchObject({
    holder: { role: "viewer", name: "Ada", mail: "ada@example.com" },
    methods: [{ name: "google", label: "Google", url: "/sso/google" }],
  });
});

test.each([
  ["of another domain", { ...ADA, hd: "elsewhere.org" }, "may not sign in"],
  // Its mail address is of the domain: whoever could read that once has such an account for ever.
  ["of no Workspace, with a mail address of the domain", { ...ADA, hd: undefined }, "may not sign in"],
  ["of a domain below it", { ...ADA, hd: "sub.example.com" }, "may not sign in"],
  ["of a domain that ends alike", { ...ADA, hd: "notexample.com" }, "may not sign in"],
  ["of the domain in a list", { ...ADA, hd: ["example.com"] }, "may not sign in"],
  ["whose mail address is not verified", { ...ADA, email_verified: false }, "no verified mail"],
  ["of whose mail address nothing is said", { ...ADA, email_verified: undefined }, "no verified mail"],
  ["without a mail address", { name: "Ada", hd: "example.com" }, "no verified mail"],
])("an account %s does not", async (_, claims, text) => {
  await using at = await googleSetUp(["example.com"]);
  const page = await at.signIn(claims);
  expect(page.status).toBe(403);
  expect(page.text).toContain(text);
  expect(at.browser.cookie("evergate_session")).toBeUndefined();
});

test.each([
  [["example.com"], "example.com"],
  [["example.com", "example.org"], "*"],
  [null, null],
])("domains %j are a hint for the choice of accounts: hd=%s", async (domains, hd) => {
  await using at = await googleSetUp(domains);
  const response = await fetch(at.gateway.url("/sso/google"), { redirect: "manual" });
  const url = new URL(response.headers.get("location")!);
  expect(url.origin).toBe(GOOGLE);
  expect(url.searchParams.get("hd")).toBe(hd);
  expect(url.searchParams.get("code_challenge_method")).toBe("S256");
});

test("a rule for a domain means the Workspace domain, not that of the mail address", async () => {
  const roles: RoleRule[] = [{ domain: "example.com", role: "admin", team: null }];
  await using at = await googleSetUp(null, roles);
  expect((await at.signIn({ ...ADA, hd: undefined })).status).toBe(403);
  expect((await at.signIn({ ...ADA, email: "ada@alias.org" })).url).toBe(at.gateway.url("/ui"));
});

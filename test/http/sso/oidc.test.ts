/** Sign-in with a real OpenID Connect issuer, as a browser does it. */
import { describe, expect, test } from "bun:test";
import type { RoleRule } from "../../../src/config/config.ts";
import { TIMEOUT_MS } from "../../../src/http/sso/outbound.ts";
import { browser } from "../../support/sign-in/browser.ts";
import { CLIENT } from "../../support/sign-in/oidc-server.ts";
import { oidcSetUp } from "./support.ts";

test("a person signs in: to the issuer, back with a code, and into the dashboard with a session", async () => {
  await using at = await oidcSetUp();
  const { gateway } = at;
  const done = await at.signIn("ada", { path: "/sso/oidc?return=/ui/requests%3Ffailover%3Dtrue" });
  expect(done.url).toBe(gateway.url("/ui/requests?failover=true"));

  const session = await fetch(gateway.url("/sso/session"), {
    headers: { cookie: at.browser.cookiesFor(gateway.url("/")) },
  });
  expect(await session.json()).toMatchObject({
    holder: { role: "viewer", name: "Ada Lovelace", mail: "ada@example.com" },
    methods: [{ name: "oidc", label: "Our accounts", url: "/sso/oidc" }],
  });
  expect((await at.browser.open(gateway.url("/admin/config"))).status).toBe(200);
  // What belongs to the way there is gone.
  expect(at.browser.cookie("evergate_sign_in")).toBeUndefined();
  expect(gateway.audited).toMatchObject([
    { action: "sign_in", actor: "session of ada@example.com", resourceId: "oidc", after: { role: "viewer" } },
  ]);
});

test("the issuer is asked with PKCE, state and nonce, and the state is new each time", async () => {
  await using at = await oidcSetUp();
  const start = async () => {
    const response = await fetch(at.gateway.url("/sso/oidc"), { redirect: "manual" });
    expect(response.status).toBe(302);
    expect(response.headers.get("set-cookie")).toMatch(
      /^evergate_sign_in=[\w-]{100,}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/,
    );
    return new URL(response.headers.get("location")!);
  };
  const [first, second] = [await start(), await start()];
  const query = Object.fromEntries(first.searchParams);
  expect(first.origin + first.pathname).toBe(`${at.server.url}/auth`);
  expect(query).toMatchObject({
    response_type: "code",
    client_id: "evergate",
    redirect_uri: at.gateway.url("/sso/oidc/callback"),
    code_challenge_method: "S256",
    scope: "openid profile email groups",
  });
  for (const name of ["state", "nonce", "code_challenge"]) {
    expect(query[name]).toMatch(/^[\w-]{43}$/);
    expect(second.searchParams.get(name)).not.toBe(query[name]!);
  }
  expect(first.href).not.toContain("secret");
});

test.each(["client_secret_basic", "client_secret_post"] as const)(
  "an issuer that takes %s alone",
  async (authMethod) => {
    await using at = await oidcSetUp({ server: { authMethod } });
    expect((await at.signIn("ada")).url).toBe(at.gateway.url("/ui"));
  },
);

describe("roles", () => {
  const ADA = { name: "Ada", email: "ada@example.com", email_verified: true, groups: ["ops", "eng"] };
  const rules: RoleRule[] = [
    { mail: "root@example.com", role: "admin", team: null },
    { group: "ops", role: "team", team: "search" },
    { domain: "example.com", role: "viewer", team: null },
  ];
  test.each([
    ["by mail", { ...ADA, email: "root@example.com" }, { role: "admin" }],
    ["by group, the first rule that fits", ADA, { role: "team", team: "search" }],
    ["by domain", { ...ADA, groups: [] }, { role: "viewer" }],
    ["a group that is not a list", { ...ADA, groups: "ops" }, { role: "team" }],
  ])("%s", async (_, claims, holder) => {
    await using at = await oidcSetUp({ sso: { roles: rules } });
    at.server.accounts.set("it", claims);
    expect((await at.signIn("it")).url).toBe(at.gateway.url("/ui"));
    const session = await at.browser.open(at.gateway.url("/sso/session"));
    expect(JSON.parse(session.text)).toMatchObject({ holder });
  });

  test.each([
    ["a missing group", { ...ADA, email: "ada@elsewhere.org", groups: ["eng"] }],
    ["no groups at all", { name: "Ada", email: "ada@elsewhere.org", email_verified: true }],
    ["a mail address that is not verified", { ...ADA, email_verified: false, groups: [] }],
    ["a mail address of which nothing is said", { name: "Ada", email: "root@example.com" }],
    ["a group called as somebody's mail address", { ...ADA, email: "a@elsewhere.org", groups: ["root@example.com"] }],
    ["a group called as a domain", { ...ADA, email: "a@elsewhere.org", groups: ["example.com"] }],
    ["a domain that only ends alike", { ...ADA, email: "ada@notexample.com", groups: [] }],
    ["a mail address with the domain in its middle", { ...ADA, email: "ada@example.com@elsewhere.org", groups: [] }],
  ])("%s gives none: a page says so and nobody is signed in", async (_, claims) => {
    await using at = await oidcSetUp({ sso: { roles: rules } });
    at.server.accounts.set("it", claims);
    const page = await at.signIn("it");
    expect(page.status).toBe(403);
    expect(page.text).toContain("no role here");
    expect(at.browser.cookie("evergate_session")).toBeUndefined();
    expect(at.gateway.audited).toMatchObject([{ action: "sign_in_failed", after: { reason: "no_role" } }]);
  });

  test("nobody has one where no rule is written", async () => {
    await using at = await oidcSetUp({ sso: { roles: [] } });
    expect((await at.signIn("ada")).status).toBe(403);
  });
});

test.each([
  ["groups in the ID token", { groupsClaim: "groups" }, true],
  ["groups at the userinfo endpoint", { groupsClaim: "groups" }, false],
  ["groups inside an object, as Keycloak has its roles", { groupsClaim: "realm_access.roles" }, false],
])("%s", async (_, oidc, claimsInIdToken) => {
  const roles: RoleRule[] = [{ group: "ops", role: "admin", team: null }];
  await using at = await oidcSetUp({ sso: { roles, oidc: oidc as never }, server: { claimsInIdToken } });
  at.server.accounts.set("it", { name: "It", groups: ["ops"], realm_access: { roles: ["ops"] } });
  expect((await at.signIn("it")).url).toBe(at.gateway.url("/ui"));
});

test.each([
  ["nothing is said of it", {}, true],
  ["the issuer says it is not verified", { email_verified: false }, false],
])("trustMail, where %s", async (_, claims, admitted) => {
  const roles: RoleRule[] = [{ domain: "example.com", role: "viewer", team: null }];
  await using at = await oidcSetUp({ sso: { roles, oidc: { trustMail: true } as never } });
  at.server.accounts.set("it", { name: "It", email: "it@example.com", ...claims });
  expect((await at.signIn("it")).status === 403).toBe(!admitted);
});

test("domains let in whose verified address is of one", async () => {
  await using at = await oidcSetUp({ sso: { oidc: { domains: ["example.com"] } as never } });
  expect((await at.signIn("ada")).url).toBe(at.gateway.url("/ui"));
});

test.each([
  ["may not sign in here", { email: "ada@elsewhere.org", email_verified: true }],
  ["no verified mail address", { email: "ada@example.com", email_verified: false }],
  ["no verified mail address", {}],
])("domains: %s with %o", async (text, claims) => {
  await using at = await oidcSetUp({ sso: { oidc: { domains: ["example.com"] } as never } });
  at.server.accounts.set("it", claims);
  const page = await at.signIn("it");
  expect([page.status, page.text]).toEqual([403, expect.stringContaining(text)]);
  expect(at.browser.cookie("evergate_session")).toBeUndefined();
});

test("cancelling at the issuer is told as that, without the issuer's words", async () => {
  await using at = await oidcSetUp();
  const page = await at.signIn("");
  expect(page.status).toBe(403);
  expect(page.text).toContain("cancelled at Our accounts");
  expect(page.text).not.toContain("no, thanks");
});

test("a wrong client secret is the operator's to find: the page says little, the log says why", async () => {
  await using at = await oidcSetUp({ server: { clientSecret: "another-secret-than-the-gateway-has" } });
  const page = await at.signIn("ada");
  expect(page.status).toBe(502);
  expect(page.text).toContain("refused the gateway");
  expect(page.text).not.toContain("invalid_client");
  const line = at.gateway.log.lines.find(({ message }) => message === "sign-in failed");
  expect(line?.fields).toMatchObject({
    provider: "oidc",
    reason: "refused",
    detail: expect.stringContaining("invalid_client"),
  });
  expect(JSON.stringify(at.gateway.log.lines)).not.toContain("the-secret-of-the-client");
});

test("an issuer that is down: a page for who signs in, and everything else goes on", async () => {
  const at = await oidcSetUp();
  await at.server[Symbol.asyncDispose]();
  const page = await at.browser.open(at.gateway.url("/sso/oidc"));
  expect(page.status).toBe(502);
  expect(page.text).toContain("Our accounts cannot be reached");
  expect((await at.gateway.get("/health/ready")).status).toBe(200);
  expect((await at.gateway.get("/admin/config", { authorization: "Bearer admin-token" })).status).toBe(200);
  await at.gateway.stop();
});

test.each<[string, () => Response | Promise<Response>, string]>([
  ["is not there", () => fetch("http://127.0.0.1:1/"), "cannot be reached"],
  ["answers with a page", () => new Response("<h1>Maintenance</h1>", { status: 503 }), "is not valid"],
  ["leads elsewhere", () => new Response(null, { status: 302, headers: { location: "/x" } }), "is not valid"],
  ["refuses the code", () => Response.json({ error: "invalid_grant" }, { status: 400 }), "refused the gateway"],
])("a token endpoint that %s", async (_, answer, text) => {
  const reach = async (url: string, init: RequestInit) => (url.endsWith("/token") ? answer() : fetch(url, init));
  await using at = await oidcSetUp({ fetch: reach });
  const page = await at.signIn("ada");
  expect([page.status, page.text]).toEqual([502, expect.stringContaining(text)]);
  expect(at.browser.cookie("evergate_session")).toBeUndefined();
});

test("an issuer that says nothing is waited for, but not for long", async () => {
  const asked = Promise.withResolvers<void>();
  const reach = (url: string, init: RequestInit) => {
    if (!url.includes("/.well-known/")) return fetch(url, init);
    asked.resolve();
    return new Promise<Response>((_, reject) => {
      init.signal!.addEventListener("abort", () => reject(init.signal!.reason));
    });
  };
  await using at = await oidcSetUp({ fetch: reach });
  const page = at.browser.open(at.gateway.url("/sso/oidc"));
  await asked.promise;
  await at.gateway.clock.advance(TIMEOUT_MS);
  expect((await page).text).toContain("cannot be reached");
});

test("an issuer that is down is not asked by every click, and those who click are not made to wait for it", async () => {
  let asked = 0;
  const reach = async (url: string, init: RequestInit) => {
    asked += 1;
    if (asked === 1) throw new TypeError("fetch failed");
    return fetch(url, init);
  };
  await using at = await oidcSetUp({ fetch: reach });
  for (let n = 0; n < 12; n++) expect((await at.browser.open(at.gateway.url("/sso/oidc"))).status).toBe(502);
  expect(asked).toBe(1);
  await at.gateway.clock.advance(5_000);
  expect((await at.signIn("ada")).url).toBe(at.gateway.url("/ui"));
});

test("what the issuer writes about the client is kept short in the log, and is not on the page", async () => {
  const description = `the client ${CLIENT.clientSecret} ${"is wrong ".repeat(1_000)}`;
  const reach = async (url: string, init: RequestInit) =>
    url.endsWith("/token")
      ? Response.json({ error: "invalid_client", error_description: description }, { status: 400 })
      : fetch(url, init);
  await using at = await oidcSetUp({ fetch: reach });
  const page = await at.signIn("ada");
  expect(page.text).not.toContain("is wrong");
  const lines = JSON.stringify(at.gateway.log.lines);
  expect(lines).toContain("invalid_client");
  expect(lines).not.toContain(CLIENT.clientSecret);
  expect(lines.length).toBeLessThan(1_000);
});

test("a page of sign-in runs nothing and loads nothing", async () => {
  await using at = await oidcSetUp({ sso: { oidc: { label: '<script>alert("x")</script>' } as never } });
  const page = await at.signIn("");
  const policy = page.headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(page.headers.get("x-content-type-options")).toBe("nosniff");
  expect(page.headers.get("cache-control")).toBe("no-store");
  expect(page.text).toContain("&lt;script&gt;");
  expect(page.text).not.toContain("<script");
  const style = /<style>([^<]*)<\/style>/.exec(page.text)![1]!;
  expect(policy).toContain(`'sha256-${new Bun.CryptoHasher("sha256").update(style).digest("base64")}'`);
});

test("ten failures, and the address waits", async () => {
  await using at = await oidcSetUp();
  for (let n = 0; n < 10; n++) expect((await at.gateway.get("/sso/oidc/callback?code=x&state=y")).status).toBe(400);
  const page = await at.gateway.get("/sso/oidc");
  expect(page.status).toBe(429);
  expect(page.headers.get("retry-after")).toBe("900");
  expect(await page.text()).toContain("Too many failed sign-ins");
  expect((await at.gateway.post("/sso/session", { token: "admin-token" })).status).toBe(429);
});

test("who is signed in already and signs in as another is the other, and the first session is over", async () => {
  await using at = await oidcSetUp();
  at.server.accounts.set("bob", { name: "Bob", email: "bob@example.com", email_verified: true });
  await at.signIn("ada");
  const first = at.browser.cookie("evergate_session")!;
  const other = browser();
  other.setCookie("evergate_session", first, at.gateway.url("/"));
  await other.submit(await other.open(at.gateway.url("/sso/oidc")), { login: "bob" });
  expect(other.cookie("evergate_session")).not.toBe(first);
  expect(JSON.parse((await other.open(at.gateway.url("/sso/session"))).text)).toMatchObject({
    holder: { name: "Bob" },
  });
  expect((await at.browser.open(at.gateway.url("/admin/config"))).status).toBe(401);
});

test.each(["/sso/google", "/sso/google/callback", "/sso/sessions", "/sso/oidc/else"])(
  "%s is not there",
  async (path) => {
    await using at = await oidcSetUp();
    expect((await at.gateway.get(path)).status).toBe(404);
  },
);

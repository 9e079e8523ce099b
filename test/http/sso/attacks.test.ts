/** What somebody may try against sign-in, each against a real issuer. */
import { describe, expect, test } from "bun:test";
import { decodeJwt, generateKeyPair, SignJWT } from "jose";
import { SIGN_IN_MS } from "../../../src/http/sso/pending.ts";
import { browser } from "../../support/sign-in/browser.ts";
import { CLIENT } from "../../support/sign-in/oidc-server.ts";
import { atCallback, type OidcSetUp, oidcSetUp } from "./support.ts";

/** Comes back to the gateway and is not signed in. */
async function refused(at: OidcSetUp, callback: string, status: number): Promise<string> {
  const page = await at.browser.open(callback);
  expect(page.status).toBe(status);
  expect(at.browser.cookie("evergate_session")).toBeUndefined();
  return page.text;
}

describe("state", () => {
  test.each([
    ["another one", (url: URL) => url.searchParams.set("state", "x".repeat(43))],
    ["none", (url: URL) => url.searchParams.delete("state")],
    ["an empty one", (url: URL) => url.searchParams.set("state", "")],
  ])("%s comes back", async (_, change) => {
    await using at = await oidcSetUp();
    const { url } = await at.signIn("ada", { stopAt: atCallback });
    const callback = new URL(url);
    change(callback);
    expect(await refused(at, callback.href, 400)).toContain("belongs to no sign-in of yours");
  });

  test("a browser is led to the end of a sign-in that somebody else began", async () => {
    await using at = await oidcSetUp();
    const { url } = await at.signIn("ada", { stopAt: atCallback });
    const victim = browser();
    const page = await victim.open(url);
    expect(page.status).toBe(400);
    expect(victim.cookie("evergate_session")).toBeUndefined();
    // Nor when it has begun one of its own.
    const other = browser();
    await other.open(at.gateway.url("/sso/oidc"));
    expect((await other.open(url)).status).toBe(400);
    expect(other.cookie("evergate_session")).toBeUndefined();
  });

  test("a cookie that was not sealed here, or was sealed for something else", async () => {
    await using at = await oidcSetUp();
    const { url } = await at.signIn("ada", { stopAt: atCallback });
    const foreign = browser();
    foreign.setCookie("evergate_sign_in", Buffer.from('{"state":"s"}').toString("base64url"), url);
    expect((await foreign.open(url)).status).toBe(400);
    const session = await at.gateway.post("/sso/session", { token: "admin-token" });
    const value = session.headers.get("set-cookie")!.split(";")[0]!.split("=")[1]!;
    foreign.setCookie("evergate_sign_in", value, url);
    expect((await foreign.open(url)).status).toBe(400);
  });

  test("too late", async () => {
    await using at = await oidcSetUp();
    const { url } = await at.signIn("ada", { stopAt: atCallback });
    await at.gateway.clock.advance(SIGN_IN_MS);
    expect(await refused(at, url, 400)).toContain("This sign-in is over");
  });
});

describe("a code", () => {
  test("that is replayed, by the address out of a history", async () => {
    await using at = await oidcSetUp();
    const { url } = await at.signIn("ada", { stopAt: atCallback });
    const sealed = at.browser.cookie("evergate_sign_in")!;
    expect((await at.browser.open(url)).url).toBe(at.gateway.url("/ui"));
    const thief = browser();
    expect((await thief.open(url)).status).toBe(400);
    // Even with the cookie it ends once.
    thief.setCookie("evergate_sign_in", sealed, url);
    expect((await thief.open(url)).status).toBe(400);
    expect(thief.cookie("evergate_session")).toBeUndefined();
  });

  test("of another account, put into one's own sign-in: PKCE and nonce hold it", async () => {
    await using at = await oidcSetUp();
    const stolen = new URL((await at.signIn("ada", { stopAt: atCallback })).url);
    const thief = browser();
    at.server.accounts.set("mallory", { name: "Mallory" });
    const page = await thief.open(at.gateway.url("/sso/oidc"));
    const own = new URL((await thief.submit(page, { login: "mallory" }, atCallback)).url);
    own.searchParams.set("code", stolen.searchParams.get("code")!);
    const end = await thief.open(own.href);
    expect(end.status).toBe(502);
    expect(thief.cookie("evergate_session")).toBeUndefined();
  });

  test("that is missing or made up", async () => {
    for (const code of [null, "made-up"]) {
      await using at = await oidcSetUp();
      const callback = new URL((await at.signIn("ada", { stopAt: atCallback })).url);
      if (code === null) callback.searchParams.delete("code");
      else callback.searchParams.set("code", code);
      await refused(at, callback.href, 502);
    }
  });
});

test("an answer in the name of another issuer (mix-up)", async () => {
  await using at = await oidcSetUp();
  const callback = new URL((await at.signIn("ada", { stopAt: atCallback })).url);
  expect(callback.searchParams.get("iss")).toBe(at.server.url);
  callback.searchParams.set("iss", "https://evil.example.com");
  expect(await refused(at, callback.href, 502)).toContain("is not valid");
});

describe("an ID token", () => {
  type Forge = (token: string, at: OidcSetUp) => Promise<string>;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = (claims: object, { server }: OidcSetUp, key = server.key) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: "RS256", kid: server.kid }).sign(key);
  const changed =
    (change: (claims: Record<string, unknown>) => void): Forge =>
    (token, at) => {
      const claims = decodeJwt(token) as Record<string, unknown>;
      change(claims);
      return signed(claims, at);
    };
  const set = (name: string, value: unknown): Forge => changed((claims) => Object.assign(claims, { [name]: value }));

  const forgeries: [string, Forge][] = [
    ["with no algorithm", async (token) => `${part({ alg: "none" })}.${token.split(".")[1]}.`],
    [
      "with no algorithm and the old signature",
      async (token) => `${part({ alg: "none" })}.${token.split(".").slice(1).join(".")}`,
    ],
    ["without its signature", async (token) => `${token.split(".").slice(0, 2).join(".")}.`],
    [
      "signed by a key of somebody else under the issuer's key id",
      async (token, at) => signed(decodeJwt(token), at, (await generateKeyPair("RS256")).privateKey),
    ],
    [
      "signed with the client secret",
      (token) =>
        new SignJWT(decodeJwt(token))
          .setProtectedHeader({ alg: "HS256" })
          .sign(Buffer.from(CLIENT.clientSecret.repeat(2))),
    ],
    [
      "changed after it was signed",
      async (token) => {
        const [header, , signature] = token.split(".");
        return `${header}.${part({ ...decodeJwt(token), sub: "root" })}.${signature}`;
      },
    ],
    ["of another sign-in: its nonce", set("nonce", "x".repeat(43))],
    ["without a nonce", changed((claims) => delete claims["nonce"])],
    ["for another client", set("aud", "another-client")],
    [
      "for several clients, made for another",
      changed((claims) => Object.assign(claims, { aud: ["evergate", "x"], azp: "x" })),
    ],
    ["of another issuer", set("iss", "https://evil.example.com")],
    ["that has expired", set("exp", Math.floor(Date.now() / 1_000) - 3_600)],
    ["that is no token", async () => "x.y.z"],
  ];

  /** The issuer's answer, as whoever stands between would change it. */
  async function signInWith(forge: Forge, algorithms?: string[]) {
    let at: OidcSetUp | undefined;
    const reach = async (url: string, init: RequestInit) => {
      const response = await fetch(url, init);
      if (algorithms && url.includes("/.well-known/")) {
        const metadata = (await response.json()) as object;
        return Response.json({ ...metadata, id_token_signing_alg_values_supported: algorithms });
      }
      if (!url.endsWith("/token")) return response;
      const body = (await response.json()) as { id_token: string };
      return Response.json({ ...body, id_token: await forge(body.id_token, at!) }, { status: response.status });
    };
    at = await oidcSetUp({ fetch: reach });
    return { at, end: await at.signIn("ada") };
  }

  test.each(forgeries)("%s", async (_, forge) => {
    const { at, end } = await signInWith(forge);
    expect(end.status).toBe(502);
    expect(end.text).toContain("is not valid");
    expect(at.browser.cookie("evergate_session")).toBeUndefined();
    expect(at.gateway.audited).toMatchObject([{ action: "sign_in_failed", after: { reason: "invalid" } }]);
    await at[Symbol.asyncDispose]();
  });

  test("with no algorithm, or one of the client secret, where the issuer's metadata would allow it", async () => {
    for (const index of [0, 1, 4]) {
      const forge = forgeries[index]![1];
      const { at, end } = await signInWith(forge, ["none", "HS256", "RS256"]);
      expect([end.status, end.text]).toEqual([502, expect.stringContaining("is not valid")]);
      expect(at.browser.cookie("evergate_session")).toBeUndefined();
      await at[Symbol.asyncDispose]();
    }
  });

  test("signed anew by the issuer's own key with its own claims is what all of these differ from", async () => {
    const { at, end } = await signInWith(changed(() => {}));
    expect(end.url).toBe(at.gateway.url("/ui"));
    await at[Symbol.asyncDispose]();
  });
});

test("userinfo of another person is not taken", async () => {
  const reach = async (url: string, init: RequestInit) => {
    const response = await fetch(url, init);
    if (!url.endsWith("/me")) return response;
    return Response.json({ sub: "root", email: "root@example.com", email_verified: true });
  };
  const roles = [{ mail: "root@example.com", role: "admin" as const, team: null }];
  await using at = await oidcSetUp({ fetch: reach, sso: { roles } });
  expect((await at.signIn("ada")).status).toBe(403);
});

test.each([
  ["an issuer that names another", (metadata: object) => ({ ...metadata, issuer: "https://evil.example.com" })],
  [
    "endpoints in clear beyond this machine",
    (metadata: object) => ({ ...metadata, authorization_endpoint: "http://192.0.2.1/auth" }),
  ],
  [
    "an authorization endpoint that is a script",
    (metadata: object) => ({ ...metadata, authorization_endpoint: "javascript:alert(1)" }),
  ],
])("%s in the metadata", async (_, change) => {
  const reach = async (url: string, init: RequestInit) => {
    const response = await fetch(url, init);
    return url.includes("/.well-known/") ? Response.json(change((await response.json()) as object)) : response;
  };
  await using at = await oidcSetUp({ fetch: reach });
  const page = await at.browser.open(at.gateway.url("/sso/oidc"));
  expect(page.status).toBe(502);
  expect(page.way).toHaveLength(1);
});

test("an issuer that answers without end is cut off", async () => {
  let chunks = 0;
  const endless = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          chunks += 1;
          if (chunks > 100) controller.error(new Error("nobody should read as far as this"));
          else controller.enqueue(new Uint8Array(65_536).fill(0x20));
        },
      }),
      { headers: { "content-type": "application/json" } },
    );
  await using at = await oidcSetUp({ fetch: async () => endless() });
  expect((await at.browser.open(at.gateway.url("/sso/oidc"))).status).toBe(502);
  expect(chunks).toBeWithin(16, 30);
});

test("an issuer that leads elsewhere is not followed", async () => {
  let reached = false;
  using elsewhere = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch() {
      reached = true;
      return new Response("{}");
    },
  });
  using leading = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => Response.redirect(`http://127.0.0.1:${elsewhere.port}/latest/meta-data`),
  });
  await using at = await oidcSetUp({ sso: { oidc: { issuer: `http://127.0.0.1:${leading.port}` } as never } });
  expect((await at.browser.open(at.gateway.url("/sso/oidc"))).status).toBe(502);
  expect(reached).toBe(false);
});

test.each([
  "https://evil.example.com/",
  "//evil.example.com/ui",
  "/\\evil.example.com/ui",
  "/ui/../../evil",
  "/ui/..//evil.example.com",
  "/ui\\..\\..\\evil",
  "/uix",
  "/admin/keys",
  "/ui@evil.example.com",
  "javascript:alert(1)",
  "/ui/\r\nset-cookie: a=b",
  "\t/ui",
])("an open redirect by return=%p is none", async (asked) => {
  await using at = await oidcSetUp();
  const { url } = await at.signIn("ada", {
    path: `/sso/oidc?return=${encodeURIComponent(asked)}`,
    stopAt: (next) => next.startsWith(at.gateway.url("/")) && !atCallback(next),
  });
  const { origin, pathname } = new URL(url);
  expect(origin).toBe(at.gateway.url(""));
  expect(pathname === "/ui" || pathname.startsWith("/ui/")).toBe(true);
  expect(url).not.toContain("evil.example.com/");
});

describe("the address to come back to", () => {
  const redirectUriOf = async (at: OidcSetUp, headers: Record<string, string>) => {
    const response = await fetch(at.gateway.url("/sso/oidc"), { headers, redirect: "manual" });
    const location = response.headers.get("location");
    return { status: response.status, redirectUri: location && new URL(location).searchParams.get("redirect_uri") };
  };

  test("is never a host that the client names", async () => {
    await using at = await oidcSetUp();
    for (const host of ["evil.example.com", "127.0.0.1.evil.example.com", "localhost.evil.example.com:80"])
      expect(await redirectUriOf(at, { host })).toEqual({ status: 400, redirectUri: null });
    const forwarded = await redirectUriOf(at, { "x-forwarded-host": "evil.example.com", "x-forwarded-proto": "https" });
    expect(forwarded.redirectUri).toBe(at.gateway.url("/sso/oidc/callback"));
  });

  test("is below server.publicUrl, whatever the host", async () => {
    await using at = await oidcSetUp({ publicUrl: "https://gateway.example.com" });
    const { redirectUri } = await redirectUriOf(at, { host: "evil.example.com" });
    expect(redirectUri).toBe("https://gateway.example.com/sso/oidc/callback");
  });
});

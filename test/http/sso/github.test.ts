/** Sign-in with GitHub, against a double that enforces GitHub's side of the flow. */

import { describe, expect, test } from "bun:test";
import type { GithubConfig, RoleRule } from "../../../src/config/config.ts";
import { freePort } from "../../support/free-port.ts";
import { browser } from "../../support/sign-in/browser.ts";
import { type GithubUser, startGithub } from "../../support/sign-in/github-server.ts";
import { CLIENT } from "../../support/sign-in/oidc-server.ts";
import { type StandInOptions, standIn } from "../stand-in.ts";
import { atCallback } from "./support.ts";

const ADA: GithubUser = {
  id: 7,
  name: "Ada Lovelace",
  emails: [
    { email: "old@elsewhere.org", primary: false, verified: true, visibility: null },
    { email: "Ada@Example.com", primary: true, verified: true, visibility: "private" },
  ],
  orgs: ["Acme", "other"],
  teams: ["Acme/platform"],
};
const VIEWERS: RoleRule[] = [{ provider: "github", role: "viewer", team: null }];

async function githubSetUp(config: Partial<GithubConfig> = {}, roles = VIEWERS, fetch?: StandInOptions["fetch"]) {
  const port = freePort();
  const server = startGithub(CLIENT, `http://127.0.0.1:${port}/sso/github/callback`);
  const github = {
    ...CLIENT,
    organizations: null,
    teams: null,
    baseUrl: server.url,
    apiUrl: `${server.url}/api/v3`,
    ...config,
  };
  const gateway = standIn({ sso: { github, roles }, port, ...(fetch && { fetch }) });
  server.users.set("ada", ADA);
  const client = browser();
  return {
    gateway,
    server,
    browser: client,
    signIn: async (login: string, stopAt?: (url: string) => boolean) =>
      client.submit(await client.open(gateway.url("/sso/github")), { login }, stopAt),
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await server[Symbol.asyncDispose]();
    },
  };
}

test("a person signs in with the verified primary address, not with that of the profile", async () => {
  await using at = await githubSetUp();
  expect((await at.signIn("ada")).url).toBe(at.gateway.url("/ui"));
  expect(JSON.parse((await at.browser.open(at.gateway.url("/sso/session"))).text)).toMatchObject({
    holder: { role: "viewer", name: "Ada Lovelace", mail: "ada@example.com" },
    methods: [{ name: "github", label: "GitHub", url: "/sso/github" }],
  });
  // Nothing more than is needed is asked for, and the token is not kept.
  expect(at.server.asked).toEqual(["GET /api/v3/user", "GET /api/v3/user/emails"]);
  const [token] = at.server.tokens;
  expect(JSON.stringify([at.gateway.log.lines, at.gateway.audited])).not.toContain(token!);
});

test("GitHub is asked with PKCE and a state, and for organizations only where they count", async () => {
  const scopeOf = async (config: Partial<GithubConfig>, roles?: RoleRule[]) => {
    await using at = await githubSetUp(config, roles);
    const response = await fetch(at.gateway.url("/sso/github"), { redirect: "manual" });
    const { searchParams } = new URL(response.headers.get("location")!);
    expect(searchParams.get("code_challenge")).toMatch(/^[\w-]{43}$/);
    expect(searchParams.get("code_challenge_method")).toBe("S256");
    expect(searchParams.get("state")).toMatch(/^[\w-]{43}$/);
    return searchParams.get("scope");
  };
  expect(await scopeOf({})).toBe("read:user user:email");
  expect(await scopeOf({ organizations: ["acme"] })).toBe("read:user user:email read:org");
  expect(await scopeOf({}, [{ githubTeam: "acme/ops", role: "admin", team: null }])).toBe(
    "read:user user:email read:org",
  );
});

describe("who is let in", () => {
  const many = Array.from({ length: 250 }, (_, n) => `org-${n}`);
  test.each<[string, Partial<GithubConfig>, Partial<GithubUser>, boolean]>([
    ["a member of the organization", { organizations: ["acme"] }, {}, true],
    ["a member of it, on the third page", { organizations: ["org-249"] }, { orgs: many }, true],
    ["no member", { organizations: ["acme"] }, { orgs: ["other"] }, false],
    ["a member of none", { organizations: ["acme"] }, { orgs: [] }, false],
    ["a member of one that is called alike", { organizations: ["acme"] }, { orgs: ["acme-evil"] }, false],
    ["a member of the team", { teams: ["acme/platform"] }, {}, true],
    ["a member of the organization and not of the team", { teams: ["acme/ops"] }, {}, false],
    ["a member of a team of that name elsewhere", { teams: ["acme/platform"] }, { teams: ["evil/platform"] }, false],
    ["of the team and not of the organization", { organizations: ["x"], teams: ["acme/platform"] }, {}, true],
  ])("%s", async (_, config, user, admitted) => {
    await using at = await githubSetUp(config);
    at.server.users.set("ada", { ...ADA, ...user });
    const end = await at.signIn("ada");
    if (admitted) return expect(end.url).toBe(at.gateway.url("/ui"));
    expect(end.status).toBe(403);
    expect(end.text).toContain("may not sign in here");
    expect(at.browser.cookie("evergate_session")).toBeUndefined();
  });
});

describe("roles", () => {
  const primary = (email: string, verified: boolean) => [{ email, primary: true, verified, visibility: null }];
  const rules: RoleRule[] = [
    { mail: "ada@example.com", role: "admin", team: null },
    { githubTeam: "acme/platform", role: "team", team: "search" },
    { organization: "acme", role: "viewer", team: null },
  ];
  test.each<[string, Partial<GithubUser>, object | undefined]>([
    ["by the verified primary address", {}, { role: "admin" }],
    ["an address that is not verified", { emails: primary("ada@example.com", false), teams: [], orgs: [] }, undefined],
    [
      "a verified address that is not the primary one",
      {
        emails: [
          ...primary("x@elsewhere.org", true),
          { email: "ada@example.com", primary: false, verified: true, visibility: null },
        ],
        teams: [],
        orgs: [],
      },
      undefined,
    ],
    ["by team", { emails: [] }, { role: "team", team: "search" }],
    ["by organization", { emails: [], teams: [] }, { role: "viewer" }],
    ["by nothing", { emails: [], teams: [], orgs: [] }, undefined],
  ])("%s", async (_, user, holder) => {
    await using at = await githubSetUp({}, rules);
    at.server.users.set("ada", { ...ADA, ...user });
    const end = await at.signIn("ada");
    if (!holder) return expect([end.status, end.text]).toEqual([403, expect.stringContaining("no role here")]);
    expect(JSON.parse((await at.browser.open(at.gateway.url("/sso/session"))).text)).toMatchObject({ holder });
  });
});

describe("attacks", () => {
  test("a wrong state, a code used twice, a code of another's sign-in", async () => {
    await using at = await githubSetUp();
    const first = new URL((await at.signIn("ada", atCallback)).url);
    const wrong = new URL(first);
    wrong.searchParams.set("state", "x".repeat(43));
    expect((await at.browser.open(wrong.href)).status).toBe(400);

    const second = new URL((await at.signIn("ada", atCallback)).url);
    expect((await at.browser.open(second.href)).url).toBe(at.gateway.url("/ui"));
    expect((await browser().open(second.href)).status).toBe(400);

    // The first code is good, but its PKCE verifier is in the cookie of the sign-in it came from.
    const thief = browser();
    const page = await thief.open(at.gateway.url("/sso/github"));
    const own = new URL((await thief.submit(page, { login: "ada" }, atCallback)).url);
    own.searchParams.set("code", first.searchParams.get("code")!);
    const end = await thief.open(own.href);
    expect(end.status).toBe(502);
    expect(thief.cookie("evergate_session")).toBeUndefined();
    expect(at.gateway.log.lines.at(-1)?.fields).toMatchObject({
      detail: expect.stringContaining("bad_verification_code"),
    });
  });

  test("a callback of one provider does not end a sign-in begun at another", async () => {
    await using at = await githubSetUp();
    const { url } = await at.signIn("ada", atCallback);
    expect((await at.browser.open(url.replace("/github/", "/oidc/"))).status).toBe(404);
    expect(at.browser.cookie("evergate_session")).toBeUndefined();
  });

  test("cancelling is told as that", async () => {
    await using at = await githubSetUp();
    const page = await at.signIn("");
    expect(page.status).toBe(403);
    expect(page.text).toContain("cancelled at GitHub");
    expect(page.text).not.toContain("denied your application");
  });

  test("a wrong client secret: GitHub says so with status 200", async () => {
    await using at = await githubSetUp({ clientSecret: "wrong" });
    const page = await at.signIn("ada");
    expect([page.status, page.text]).toEqual([502, expect.stringContaining("refused the gateway")]);
    expect(page.text).not.toContain("incorrect");
  });

  test.each([
    ["fails", () => new Response("oops", { status: 500 }), "cannot be reached"],
    ["answers with HTML", () => new Response("<h1>Maintenance</h1>"), "is not valid"],
    ["is cut off", () => Promise.reject(new TypeError("fetch failed")), "cannot be reached"],
    ["refuses the token", () => Response.json({ message: "Bad credentials" }, { status: 401 }), "refused the gateway"],
  ])("an API that %s signs nobody in", async (_, answer, text) => {
    await using at = await githubSetUp({ organizations: ["acme"] }, VIEWERS, async (url, init) =>
      url.includes("/user/orgs") ? answer() : fetch(url, init),
    );
    const page = await at.signIn("ada");
    expect([page.status, page.text]).toEqual([502, expect.stringContaining(text)]);
    expect(at.browser.cookie("evergate_session")).toBeUndefined();
  });
});

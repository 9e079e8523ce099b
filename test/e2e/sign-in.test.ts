/** Sign-in through the binary, with a real OpenID Connect issuer and a GitHub that enforces its flow. */

import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { ROUTES } from "../../src/http/routes.ts";
import { freePort } from "../support/free-port.ts";
import { type Browser, browser } from "../support/sign-in/browser.ts";
import { startGithub } from "../support/sign-in/github-server.ts";
import { CLIENT, startOidcServer } from "../support/sign-in/oidc-server.ts";
import { type Gateway, startGateway } from "./harness.ts";

const TOKEN = "an-admin-token-of-the-test";

/** Roles of routes that a session is judged by. */
const NEEDED = { team: 1, viewer: 1, admin: 1, metrics: 1 };

interface Shown {
  holder: { role: string; team?: string; mail?: string } | null;
  csrf: string | null;
  methods: { name: string; url: string }[];
}

function config(sso: object, more: object = {}): string {
  const settings = {
    server: { adminToken: { env: "ADMIN" } },
    providers: { demo: { type: "simulated" } },
    models: { fast: ["demo/m"] },
    access: { teams: { search: {}, other: {} } },
    sso,
    ...more,
  };
  return `export default ${JSON.stringify(settings)}`;
}

const env = { ADMIN: TOKEN, CLIENT_SECRET: CLIENT.clientSecret };
const client = { clientId: CLIENT.clientId, clientSecret: { env: "CLIENT_SECRET" } };
const ROLES = [
  { group: "ops", role: "admin" },
  { group: "search", role: "team", team: "search" },
  { mail: "vera@example.com", role: "viewer" },
];

function temporaryDirectory() {
  const path = mkdtempSync(`${tmpdir()}/evergate-sign-in-`);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

async function signIn(gateway: Gateway, login: string, way = "oidc"): Promise<Browser> {
  const person = browser();
  const page = await person.open(`${gateway.url}/sso/${way}`);
  await person.submit(page, { login });
  return person;
}

async function session(person: Browser, gateway: Gateway): Promise<Shown> {
  return JSON.parse((await person.open(`${gateway.url}/sso/session`)).text);
}

async function send(person: Browser, gateway: Gateway, method: string, path: string, body?: object, csrf?: string) {
  const headers = {
    cookie: person.cookiesFor(gateway.url),
    "content-type": "application/json",
    ...(csrf !== undefined && { "x-evergate-csrf": csrf }),
  };
  const response = await gateway.fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  return { status: response.status, json: (await response.json().catch(() => undefined)) as any };
}

describe("OpenID Connect", () => {
  test("admin, team and viewer each see and may do what their role says", async () => {
    const port = freePort();
    const oidcPort = freePort();
    await using issuer = await startOidcServer({
      port: oidcPort,
      redirectUri: `http://127.0.0.1:${port}/sso/oidc/callback`,
    });
    issuer.accounts.set("ada", { name: "Ada", email: "ada@example.com", email_verified: true, groups: ["ops"] });
    issuer.accounts.set("tom", { name: "Tom", groups: ["search"] });
    issuer.accounts.set("vera", { name: "Vera", email: "vera@example.com", email_verified: true });
    issuer.accounts.set("eve", { name: "Eve", email: "eve@example.com", email_verified: true, groups: ["other"] });
    const oidc = { ...client, issuer: issuer.url, scopes: ["profile", "email", "groups"] };
    await using gateway = await startGateway({ port, env, config: config({ oidc, roles: ROLES }) });

    const ada = await signIn(gateway, "ada");
    const { holder, csrf } = await session(ada, gateway);
    expect(holder).toEqual({ role: "admin", name: "Ada", mail: "ada@example.com" } as never);
    expect((await send(ada, gateway, "POST", "/admin/keys", { name: "k" })).status).toBe(403);
    expect((await send(ada, gateway, "POST", "/admin/keys", { name: "k" }, "wrong")).status).toBe(403);
    for (const [name, team] of [
      ["ours", "search"],
      ["theirs", "other"],
    ])
      expect((await send(ada, gateway, "POST", "/admin/keys", { name, team }, csrf!)).status).toBe(201);
    const audit = await send(ada, gateway, "GET", "/admin/audit");
    expect(audit.json.data.map(({ action, actor }: Record<string, string>) => [action, actor])).toEqual([
      ["create", "session of ada@example.com"],
      ["create", "session of ada@example.com"],
      ["sign_in", "session of ada@example.com"],
    ]);

    const tom = await signIn(gateway, "tom");
    const toms = await session(tom, gateway);
    expect(toms.holder).toMatchObject({ role: "team", team: "search" });
    const seen = await send(tom, gateway, "GET", "/admin/keys");
    expect(seen.json.data.map(({ name }: { name: string }) => name)).toEqual(["ours"]);
    expect((await send(tom, gateway, "GET", "/admin/config")).status).toBe(403);
    expect((await send(tom, gateway, "POST", "/admin/keys", { name: "x" }, toms.csrf!)).status).toBe(403);

    const vera = await signIn(gateway, "vera");
    const veras = await session(vera, gateway);
    expect((await send(vera, gateway, "GET", "/admin/config")).status).toBe(200);
    for (const [method, path] of [
      ["POST", "/admin/reload"],
      ["DELETE", "/admin/cache"],
      ["POST", "/admin/keys"],
    ])
      expect((await send(vera, gateway, method!, path!, undefined, veras.csrf!)).status).toBe(403);

    const may = { team: ["team"], viewer: ["team", "viewer", "metrics"] };
    for (const [person, role, token] of [
      [tom, "team", toms.csrf!],
      [vera, "viewer", veras.csrf!],
    ] as const)
      for (const route of ROUTES.filter(({ role: needed }) => needed in NEEDED)) {
        const path = route.path.replace("*", "demo/m").replace(/:\w+/g, "x");
        // What never ends is asked for elsewhere.
        if (path === "/admin/requests/live") continue;
        const { status } = await send(
          person,
          gateway,
          route.method,
          path,
          route.method === "GET" ? undefined : {},
          token,
        );
        const refused = !may[role].includes(route.role);
        expect(`${role} ${route.method} ${path}: ${status === 403}`).toBe(
          `${role} ${route.method} ${path}: ${refused}`,
        );
      }
    for (const { method, path } of ROUTES.filter((route) => route.method !== "GET" && route.role in NEEDED)) {
      const at = path.replace("*", "demo/m").replace(/:\w+/g, "x");
      expect(`${method} ${at}: ${(await send(ada, gateway, method, at, {})).status}`).toBe(`${method} ${at}: 403`);
    }

    const eve = await signIn(gateway, "eve");
    expect((await session(eve, gateway)).holder).toBeNull();
    expect((await send(eve, gateway, "GET", "/admin/config")).status).toBe(401);
    expect(JSON.stringify(gateway.output)).not.toContain(CLIENT.clientSecret);
  }, 60_000);

  test("a session outlives a restart, signing out everywhere ends all of them, and another rule ends them too", async () => {
    using directory = temporaryDirectory();
    const port = freePort();
    const oidcPort = freePort();
    await using issuer = await startOidcServer({
      port: oidcPort,
      redirectUri: `http://127.0.0.1:${port}/sso/oidc/callback`,
    });
    issuer.accounts.set("vera", { name: "Vera", email: "vera@example.com", email_verified: true });
    const oidc = { ...client, issuer: issuer.url };
    const options = { port, env, cwd: directory.path };
    const people: Browser[] = [];
    {
      await using gateway = await startGateway({ ...options, config: config({ oidc, roles: ROLES }) });
      for (let n = 0; n < 3; n++) people.push(await signIn(gateway, "vera"));
      expect(await gateway.stop()).toBe(0);
    }
    {
      await using gateway = await startGateway(options);
      const [here, there, third] = people as [Browser, Browser, Browser];
      const { holder, csrf } = await session(here, gateway);
      expect(holder).toMatchObject({ role: "viewer", mail: "vera@example.com" });
      expect((await session(there, gateway)).holder).not.toBeNull();
      expect((await send(here, gateway, "DELETE", "/sso/sessions", undefined, "wrong")).status).toBe(403);
      expect((await send(here, gateway, "DELETE", "/sso/sessions", undefined, csrf!)).status).toBe(204);
      for (const person of [here, there, third])
        expect((await send(person, gateway, "GET", "/admin/config")).status).toBe(401);
      people.push(await signIn(gateway, "vera"));
      // A reload with another rule: who is signed in by the old ones is no longer.
      const roles = [{ mail: "vera@example.com", role: "team", team: "search" }];
      await gateway.write("gateway.config.ts", config({ oidc, roles }));
      const reload = await gateway.fetch("/admin/reload", {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      expect(reload.status).toBe(200);
      expect((await session(people.at(-1)!, gateway)).holder).toBeNull();
      expect((await session(await signIn(gateway, "vera"), gateway)).holder).toMatchObject({ role: "team" });
    }
  }, 60_000);

  test("an issuer that is not there does not keep the gateway from starting, nor calls from being served", async () => {
    const oidc = { ...client, issuer: `http://127.0.0.1:${freePort()}` };
    await using gateway = await startGateway({ env, config: config({ oidc, roles: ROLES }) });
    const page = await browser().open(`${gateway.url}/sso/oidc`);
    expect([page.status, page.text]).toEqual([502, expect.stringContaining("cannot be reached")]);
    const call = await gateway.fetch("/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify({ model: "fast", messages: [{ role: "user", content: "Hello" }] }),
      headers: { "content-type": "application/json" },
    });
    expect(call.status).toBe(200);
  }, 60_000);
});

test("GitHub: members of the organization sign in, by its Enterprise server", async () => {
  const port = freePort();
  await using server = startGithub(CLIENT, `http://127.0.0.1:${port}/sso/github/callback`);
  const emails = [{ email: "ada@example.com", primary: true, verified: true, visibility: null }];
  server.users.set("ada", { id: 1, name: "Ada", emails, orgs: ["Acme"], teams: ["Acme/platform"] });
  server.users.set("eve", { id: 2, name: "Eve", emails, orgs: [], teams: [] });
  const github = { ...client, organizations: ["acme"], baseUrl: server.url };
  const roles = [{ githubTeam: "acme/platform", role: "admin" }];
  await using gateway = await startGateway({ port, env, config: config({ github, roles }) });
  const ada = await signIn(gateway, "ada", "github");
  expect(await session(ada, gateway)).toMatchObject({
    holder: { role: "admin", mail: "ada@example.com" },
    methods: [{ name: "github", label: "GitHub", url: "/sso/github" }],
  });
  expect((await session(await signIn(gateway, "eve", "github"), gateway)).holder).toBeNull();
}, 60_000);

describe("the admin token", () => {
  const exchange = (gateway: Gateway, token: string) =>
    gateway.fetch("/sso/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });

  test("made on the first start, leads to the dashboard by a link, past every log; the next start has none", async () => {
    using directory = temporaryDirectory();
    const files = { "gateway.config.json": JSON.stringify({ providers: { demo: { type: "simulated" } } }) };
    let token: string;
    let cookie: string;
    {
      await using gateway = await startGateway({ cwd: directory.path, files });
      await gateway.printed("/ui#token=");
      const link = /(http:\/\/\S+)\/ui#token=(ega_[\w-]+)/.exec(gateway.output.stderr)!;
      expect(link[1]).toBe(gateway.url);
      token = link[2]!;
      expect(gateway.output.stdout).not.toContain(token);
      expect(gateway.output.stdout).toContain(`"dashboard":"${gateway.url}/ui"`);
      const response = await exchange(gateway, token);
      expect(response.status).toBe(201);
      cookie = response.headers.get("set-cookie")!.split(";")[0]!;
      expect((await gateway.fetch("/admin/config", { headers: { cookie } })).status).toBe(200);
      await gateway.stop();
      expect(gateway.output.stdout).not.toContain(token);
    }
    {
      await using gateway = await startGateway({ cwd: directory.path });
      expect(gateway.output.stderr).not.toContain("#token=");
      expect((await gateway.fetch("/admin/config", { headers: { cookie } })).status).toBe(200);
      await gateway.stop();
    }
    // Another token: what the old one opened is closed.
    const other = { EVERGATE_TOKEN: "another-admin-token" };
    const changed = { server: { adminToken: { env: "EVERGATE_TOKEN" } }, providers: { demo: { type: "simulated" } } };
    await using gateway = await startGateway({
      cwd: directory.path,
      env: other,
      files: { "gateway.config.json": JSON.stringify(changed) },
    });
    expect((await gateway.fetch("/admin/config", { headers: { cookie } })).status).toBe(401);
    expect((await exchange(gateway, token)).status).toBe(401);
  }, 60_000);

  test("where clients come by https, the cookie goes no other way", async () => {
    const server = { adminToken: { env: "ADMIN" }, publicUrl: "https://gateway.example.com" };
    await using gateway = await startGateway({ env, config: config({}, { server }) });
    const response = await exchange(gateway, TOKEN);
    expect(response.headers.get("set-cookie")).toMatch(/^__Host-evergate_session=[\w-]{43}; .*; Secure$/);
  }, 60_000);

  test("tried out from one address, it is not tried for long", async () => {
    await using gateway = await startGateway({ env, config: config({}) });
    for (let n = 0; n < 10; n++) expect((await exchange(gateway, `guess-${n}`)).status).toBe(401);
    const refused = await exchange(gateway, TOKEN);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeWithin(800, 901);
  }, 60_000);
});

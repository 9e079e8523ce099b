/** Virtual keys on the compiled binary: made by API and by command line, used, changed, rotated, revoked, kept. */
import { expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { type Gateway, runEvergate, startGateway } from "./harness.ts";
import { type Upstream, upstream } from "./upstreams.ts";

const ADMIN = "admin-token-of-the-test";
const FILE_KEY = "a-literal-secret-of-the-file";

const configOf = (first: Upstream) => `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: { first: { type: "openai-compatible", baseUrl: "${first.url}/v1", keys: ["sk-first"] } },
  models: { fast: ["first/gpt-4o"], slow: ["first/o3"] },
  pricing: { "first/gpt-4o": { inputPerMillionUsd: 1, outputPerMillionUsd: 1 } },
  access: { teams: { search: {} }, keys: { ci: { secret: "${FILE_KEY}", team: "search" } } },
});`;

const env = { ADMIN };

test("a key's life: made, used, limited, rotated, paused, revoked, remembered, audited; its secret is nowhere in clear", async () => {
  using first = upstream({ dialect: "openai-chat" });
  await using gateway = await startGateway({ config: configOf(first), env });
  const admin = adminOf(gateway);
  const call = async (key: string, model = "fast") => (await chat(gateway, key, model)).status;

  const made = await admin("POST", "/admin/keys", { name: "app", team: "search" });
  expect(made.status).toBe(201);
  const { id, key } = made.json;
  expect(key).toMatch(/^eg_[A-Za-z0-9]{40}$/);
  expect([await call(key), await call(key, "slow")]).toEqual([200, 200]);

  await admin("PATCH", `/admin/keys/${id}`, { models: ["fast"] });
  expect([await call(key), await call(key, "slow")]).toEqual([200, 403]);

  const rotated = (await admin("POST", `/admin/keys/${id}/rotate`, { graceMs: 3_600_000 })).json;
  expect([await call(key), await call(rotated.key)]).toEqual([200, 200]);
  const again = (await admin("POST", `/admin/keys/${id}/rotate`, { graceMs: 0 })).json;
  expect([await call(key), await call(rotated.key), await call(again.key)]).toEqual([401, 401, 200]);

  await admin("PATCH", `/admin/keys/${id}`, { disabled: true });
  expect((await (await chat(gateway, again.key)).json()).error.code).toBe("key_disabled");
  await admin("PATCH", `/admin/keys/${id}`, { disabled: false, ips: ["192.0.2.0/24"] });
  expect((await (await chat(gateway, again.key)).json()).error.code).toBe("ip_not_allowed");
  await admin("PATCH", `/admin/keys/${id}`, { ips: ["127.0.0.0/8"] });
  expect(await call(again.key)).toBe(200);

  for (const [method, path] of [
    ["PATCH", "/admin/keys/ci"],
    ["DELETE", "/admin/keys/ci"],
    ["PATCH", "/admin/teams/search"],
  ] as const)
    expect((await admin(method, path, method === "PATCH" ? { disabled: true } : undefined)).status).toBe(409);
  expect(await call(FILE_KEY)).toBe(200);

  expect(await gateway.stop()).toBe(0);
  await using restarted = await startGateway({ cwd: gateway.cwd, env });
  expect((await chat(restarted, again.key)).status).toBe(200);
  const adminAgain = adminOf(restarted);
  expect((await adminAgain("DELETE", `/admin/keys/${id}`)).status).toBe(200);
  expect((await chat(restarted, again.key)).status).toBe(401);

  const trail = (await adminAgain("GET", `/admin/audit?resource=key&resource_id=${id}`)).json.data;
  const actions = ["delete", "update", "update", "update", "rotate", "rotate", "update", "create"];
  expect(trail.map(({ action }: { action: string }) => action)).toEqual(actions);
  const shown =
    JSON.stringify([trail, (await adminAgain("GET", "/admin/config")).json]) + printed(gateway) + printed(restarted);
  await restarted.stop();
  const everywhere = shown + (await filesIn(`${gateway.cwd}/evergate-data`));
  expect(everywhere).toContain(id);
  for (const secret of [key, rotated.key, again.key, FILE_KEY, ADMIN]) expect(everywhere).not.toContain(secret);
}, 60_000);

test("the first key closes an open gateway on loopback, its metrics too, for good", async () => {
  using first = upstream({ dialect: "openai-chat" });
  const config = configOf(first).replace(/access: .*\n/, "\n");
  await using gateway = await startGateway({ config, env });
  const admin = adminOf(gateway);
  expect((await chat(gateway, "anything")).status).toBe(200);
  expect((await gateway.fetch("/metrics")).status).toBe(200);
  const { json } = await admin("POST", "/admin/keys", { name: "first" });
  expect((await chat(gateway, "anything")).status).toBe(401);
  expect((await gateway.fetch("/metrics")).status).toBe(401);
  expect((await chat(gateway, json.key)).status).toBe(200);
  await admin("DELETE", "/admin/keys/first");
  expect((await chat(gateway, json.key)).status).toBe(401);
  await gateway.stop();
  await using restarted = await startGateway({ cwd: gateway.cwd, env });
  expect((await chat(restarted, "anything")).status).toBe(401);
}, 60_000);

test("keys from the command line, beside a stopped and a running server", async () => {
  using first = upstream({ dialect: "openai-chat" });
  await using gateway = await startGateway({ config: configOf(first), env });
  const keys = (args: string[], more: Record<string, string> = {}) =>
    runEvergate(["keys", ...args], { cwd: gateway.cwd, env: { ...env, ...more } });
  const port = ["--port", String(gateway.port)];

  const live = await keys(["create", "live", "--model", "fast", "--budget", "5/day", "--json", ...port]);
  expect(live.exitCode).toBe(0);
  expect((await chat(gateway, JSON.parse(live.stdout).key)).status).toBe(200);
  expect((await keys(["revoke", "live", ...port])).exitCode).toBe(0);
  expect((await chat(gateway, JSON.parse(live.stdout).key)).status).toBe(401);
  const refused = await keys(["list", ...port], { EVERGATE_ADMIN_TOKEN: "not-the-token" });
  expect([refused.exitCode, refused.stdout]).toEqual([1, ""]);
  expect(refused.stderr).toContain("does not know this admin token");

  await gateway.stop();
  const made = await keys(["create", "--name", "still", "--team", "search"]);
  expect(made.stderr).toBe("The key is shown only now.\n");
  const secret = /eg_[A-Za-z0-9]{40}/.exec(made.stdout)![0];
  const listed = await keys(["list"]);
  expect(listed.stdout).toMatch(/^NAME +PREFIX/);
  expect(listed.stdout).toMatch(/^ci +- +search/m);
  expect(listed.stdout).toMatch(new RegExp(`^still +${secret.slice(0, 6)} +search`, "m"));
  expect(listed.stdout).not.toContain(secret);
  const rotated = JSON.parse((await keys(["rotate", "still", "--grace-ms", "600000", "--json"])).stdout);
  const wrong = await keys(["create", "x", "--team", "serach"]);
  expect([wrong.exitCode, wrong.stderr]).toEqual([1, 'team: no team "serach" (did you mean "search"?)\n']);
  expect((await keys(["create"])).exitCode).toBe(2);
  expect((await keys(["create", "x", "--budget", "much"])).exitCode).toBe(2);

  await using restarted = await startGateway({ cwd: gateway.cwd, env });
  expect([(await chat(restarted, secret)).status, (await chat(restarted, rotated.key)).status]).toEqual([200, 200]);
  const { data } = (await adminOf(restarted)("GET", "/admin/audit")).json;
  expect(data.map(({ actor, action }: { actor: string; action: string }) => `${actor}: ${action}`)).toEqual([
    "cli: rotate",
    "cli: create",
    "admin token: delete",
    "admin token: create",
  ]);
}, 90_000);

function adminOf(gateway: Gateway) {
  return async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" };
    const response = await gateway.fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status: response.status, json: await response.json() };
  };
}

function chat(gateway: Gateway, key: string, model = "fast"): Promise<Response> {
  return gateway.fetch("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] }),
  });
}

function printed({ output }: Gateway): string {
  return output.stdout + output.stderr;
}

/** Every byte of every file, as Latin-1: what is in clear anywhere in a page is found. */
async function filesIn(directory: string): Promise<string> {
  const names = await readdir(directory);
  const texts = await Promise.all(names.map((name) => readFile(`${directory}/${name}`, "latin1")));
  return texts.join("\n");
}

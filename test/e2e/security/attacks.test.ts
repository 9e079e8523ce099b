/**
 * What has broken other gateways, by the name it became known under, tried on the compiled binary. Each test fails when
 * the hole opens here.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { ROUTES } from "../../../src/http/routes.ts";
import { MAX_LABEL_VALUES } from "../../../src/telemetry/label-values.ts";
import { type Gateway, startGateway } from "../harness.ts";
import { type Upstream, upstream } from "../upstreams.ts";

const ADMIN = "admin-token-of-these-tests";
const METRICS = "metrics-token-of-these-tests";
const KEY = "a-virtual-key-of-the-file";
/** The same but for the last character. */
const SIBLING = "a-virtual-key-of-the-filf";
const PROVIDER_KEY = "sk-provider-key-of-these-tests";

let first: Upstream;
let evil: ReturnType<typeof listener>;
let gateway: Gateway;
beforeAll(async () => {
  first = upstream({ dialect: "openai-chat" });
  evil = listener();
  gateway = await startGateway({
    config: `
import { defineConfig, env } from "evergate";
export default defineConfig({
  server: { adminToken: env("ADMIN") },
  providers: {
    first: { type: "openai-compatible", baseUrl: "${first.url}/v1", keys: [env("PROVIDER_KEY")] },
    gone: { type: "gemini", baseUrl: "http://127.0.0.1:9", keys: [env("PROVIDER_KEY")] },
    google: { type: "gemini", baseUrl: "${evil.recording}", keys: [env("PROVIDER_KEY")] },
    azure: { type: "azure-openai", baseUrl: "${evil.recording}", apiVersion: "2024-10-21", keys: [env("PROVIDER_KEY")] },
    elsewhere: { type: "openai-compatible", baseUrl: "${evil.redirecting}/v1", keys: [env("PROVIDER_KEY")] },
  },
  models: { fast: ["first/gpt-4o"], gone: ["gone/gemini-2.5-flash"], elsewhere: ["elsewhere/gpt-4o"] },
  cache: { exact: {} },
  telemetry: { metrics: { token: env("METRICS") } },
  access: { keys: { app: { secret: "${KEY}" }, sibling: { secret: "${SIBLING}" } } },
});`,
    env: { ADMIN, METRICS, PROVIDER_KEY },
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  first[Symbol.dispose]();
  evil.stop();
});

const chat = (body: object = {}, headers: Record<string, string> = {}, path = "/v1/chat/completions") =>
  gateway.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${KEY}`, ...headers },
    body: JSON.stringify({ model: "fast", messages: [{ role: "user", content: "hi" }], ...body }),
  });
const admin = (method: string, path: string, body?: object) =>
  gateway.fetch(path, {
    method,
    headers: { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
const printed = () => gateway.output.stdout + gateway.output.stderr;

describe("CVE-2024-6587, CVE-2025-66405: a client chooses the upstream's address", () => {
  const there = () => `http://127.0.0.1:${evil.port}/v1`;
  test.each<[string, () => Promise<Response>]>([
    ["api_base in the body", () => chat({ api_base: there(), base_url: there(), baseURL: there() })],
    ["a nested one", () => chat({ extra_body: { api_base: there() }, litellm_params: { api_base: there() } })],
    ["a header", () => chat({}, { "x-portkey-custom-host": there(), "x-api-base": there(), "x-bf-base-url": there() })],
    [
      "a forwarded host",
      () => chat({}, { "x-forwarded-host": `127.0.0.1:${evil.port}`, forwarded: `host=${there()}` }),
    ],
    ["the query", () => chat({}, {}, `/v1/chat/completions?api_base=${encodeURIComponent(there())}`)],
    ["the model's name", () => chat({ model: `openai/${there()}` })],
    ["the model's name, as a path", () => chat({ model: `first/../../@127.0.0.1:${evil.port}/x` })],
    ["a proxy of its own", () => chat({}, { "x-evergate-proxy": there(), "x-portkey-provider": "openai" })],
  ])("%s", async (_, send) => {
    const response = await send();
    await response.text();
    expect(response.status).toBeOneOf([200, 400, 404]);
    expect(evil.connections()).toBe(0);
  });

  test("the model's name takes no step out of its path at the provider, and brings no query", async () => {
    const steps = "models%2F..%2F..%2Fupload%2Ffiles%3Fkey=x%23";
    const content = { role: "user", parts: [{ text: "hi" }] };
    for (const method of ["generateContent", "countTokens", "embedContent"])
      await (await chat({ content, contents: [content] }, {}, `/v1beta/models/google%2F${steps}:${method}`)).text();
    for (const model of [decodeURIComponent(`google/${steps}`), "google/../../x", "azure/..", "azure/../../x"])
      await (await chat({ model })).text();
    expect(evil.paths().length).toBe(7);
    for (const path of evil.paths())
      expect(path).toMatch(
        /^(\/v1beta\/models\/|\/openai\/deployments\/[^/]+\/chat\/completions\?api-version=2024-10-21$)/,
      );
    expect(evil.paths().join()).not.toContain("key=x");
  });

  test("a redirect of the provider is not followed, so the key goes nowhere else", async () => {
    const before = evil.connections();
    const response = await chat({ model: "elsewhere" });
    expect(response.status).toBe(502);
    expect(await response.text()).not.toContain(PROVIDER_KEY);
    expect(evil.connections()).toBe(before);
  });
});

test("CVE-2026-35029: nothing is changed or shown without the role for it, on any route there is", async () => {
  const guarded = ROUTES.filter(({ role }) => !["open", "key"].includes(role));
  expect(guarded.length).toBeGreaterThan(40);
  for (const { method, path, role } of guarded) {
    const url = path.replace("*", "first/gpt-4o").replace(/:\w+/g, "x");
    for (const authorization of [
      undefined,
      `Bearer ${KEY}`,
      "Bearer ",
      `Bearer ${METRICS}`,
      `Basic ${btoa(`admin:${ADMIN}`)}`,
    ]) {
      const response = await gateway.fetch(url, {
        method,
        headers: { "content-type": "application/json", ...(authorization && { authorization }) },
        ...(method !== "GET" && { body: "{}" }),
      });
      await response.body?.cancel();
      // A session is a cookie and nothing else.
      const known = authorization === `Bearer ${METRICS}` && role !== "session";
      const wanted = !known ? 401 : role === "metrics" ? 200 : 403;
      expect(`${method} ${path} ${authorization}: ${response.status}`).toBe(
        `${method} ${path} ${authorization}: ${wanted}`,
      );
    }
  }
}, 60_000);

test("CVE-2026-42208: SQL in credentials, ids and filters is text", async () => {
  const sql = `x' OR '1'='1'; DROP TABLE keys; --`;
  for (const headers of <Record<string, string>[]>[
    { authorization: `Bearer ${sql}` },
    { authorization: "", "x-api-key": sql },
    { authorization: "", "api-key": `${KEY}' --` },
  ])
    expect((await chat({}, headers)).status).toBe(401);
  const made = (await (await admin("POST", "/admin/keys", { name: "made", tags: { note: sql } })).json()) as Record<
    string,
    string
  >;
  for (const path of [
    `/admin/keys/${encodeURIComponent(sql)}`,
    `/admin/requests?model=${encodeURIComponent(sql)}&text=${encodeURIComponent(`%' OR 1=1 --`)}`,
    `/admin/requests/${encodeURIComponent(sql)}`,
    `/admin/usage?group_by=day&team=${encodeURIComponent(sql)}`,
    `/admin/audit?actor=${encodeURIComponent(sql)}`,
  ]) {
    const response = await admin("GET", path);
    expect(response.status).toBeOneOf([200, 400, 404]);
    if (response.status === 200) expect(((await response.json()) as { data: unknown[] }).data).toEqual([]);
  }
  expect(
    (await chat({}, { "x-evergate-user": sql, "x-evergate-session": sql, "x-evergate-tags": "a=b'--" })).status,
  ).toBe(200);
  const names = ((await (await admin("GET", "/admin/keys")).json()) as { data: { name: string }[] }).data.map(
    ({ name }) => name,
  );
  expect(names).toContain(made["name"]!);
  expect((await admin("DELETE", `/admin/keys/${made["id"]}`)).status).toBe(200);
});

test("CVE-2026-35030: a key is known by all of it, and its cache is its own", async () => {
  const question = { messages: [{ role: "user", content: "What is mine?" }] };
  expect((await chat(question)).headers.get("x-evergate-cache")).toBe("miss");
  expect((await chat(question)).headers.get("x-evergate-cache")).toBe("exact");
  expect((await chat(question, { authorization: `Bearer ${SIBLING}` })).headers.get("x-evergate-cache")).toBe("miss");
  for (const near of [`${KEY}x`, KEY.slice(0, -1), KEY.toUpperCase(), `${KEY} `.repeat(2), KEY.slice(0, 20)])
    expect((await chat(question, { authorization: `Bearer ${near}` })).status).toBe(401);
});

describe("CVE-2026-49468: what the Host header or the path says does not move a request past its route", () => {
  const open = "GET /health/live";
  test.each<[string, string]>([
    ["a path in Host", `${open} HTTP/1.1\r\nHost: 127.0.0.1/admin/keys?\r\n\r\n`],
    ["a fragment in Host", `${open} HTTP/1.1\r\nHost: 127.0.0.1/admin/keys#\r\n\r\n`],
    ["an @ in Host", `GET /admin/keys HTTP/1.1\r\nHost: 127.0.0.1/health/live?@x\r\n\r\n`],
    ["an open path in Host", "GET /admin/keys HTTP/1.1\r\nHost: x/health/live?\r\n\r\n"],
    ["an absolute target", "GET http://x/admin/keys HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    ["two Hosts", "GET /admin/keys HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: x/health/live\r\n\r\n"],
    ["an empty Host", "GET /admin/keys HTTP/1.1\r\nHost: \r\n\r\n"],
    ["double slashes", "GET //admin/keys HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    ["dots", "GET /health/../admin/keys HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    ["encoded dots", "GET /health/%2e%2e/admin/keys HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    ["an encoded letter", "GET /%61dmin/keys HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    ["a path parameter", "GET /admin;/keys HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    ["upper case", "GET /ADMIN/keys HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    ["a backslash", "GET /\\admin/keys HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    [
      "rewriting headers",
      "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Original-URL: /admin/keys\r\nX-Rewrite-URL: /admin/keys\r\nX-HTTP-Method-Override: DELETE\r\n\r\n",
    ],
  ])("%s", async (_, request) => {
    const answer = await raw(gateway.port, request);
    // Refused, or the open page itself: never anything of the admin API.
    expect(answer).toMatch(/^HTTP\/1\.1 (200|400|401|404|405)/);
    expect(answer).not.toContain('"data"');
    if (answer.startsWith("HTTP/1.1 200")) expect(answer).toContain('{"status":"ok"}');
  });
});

test.each([
  ["a command", { name: "x", type: "stdio", command: "touch", args: ["/tmp/evergate-owned"] }, "type"],
  [
    "a command beside a type",
    { name: "x", type: "openai-compatible", baseUrl: "https://api.example.com/v1", command: "id" },
    "command",
  ],
  ["an exec plugin", { name: "x", type: "openai", exec: { command: "id" } }, "exec"],
])("CVE-2026-30623: the API starts no program: %s", async (_, body, param) => {
  const response = await admin("POST", "/admin/providers", body);
  expect(response.status).toBe(400);
  expect(JSON.stringify(await response.json())).toContain(param);
});

test("GHSA-vj9g-7rqh-x2p4: the admin API is closed before anything is configured", async () => {
  await using fresh = await startGateway({});
  for (const { path, method, role } of ROUTES.filter((route) => route.path.startsWith("/admin"))) {
    const response = await fresh.fetch(path.replace(/:\w+|\*/g, "x"), {
      method,
      ...(method !== "GET" && { body: "{}" }),
    });
    expect(`${method} ${path} (${role}): ${response.status}`).toBe(`${method} ${path} (${role}): 401`);
  }
  const token = /ega_[\w-]+/.exec(fresh.output.stdout + fresh.output.stderr)?.[0];
  expect(token).toBeDefined();
  expect((await fresh.fetch("/admin/keys", { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  // It is shown once; the next start has it still.
  await fresh.stop();
  await using again = await startGateway({ cwd: fresh.cwd });
  expect(again.output.stdout + again.output.stderr).not.toMatch(/ega_[\w-]{20}/);
  expect((await again.fetch("/admin/keys", { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
}, 60_000);

test("LiteLLM#15799: an error about the provider's address does not show its key", async () => {
  const response = await chat({ model: "gone" });
  expect(response.status).toBe(502);
  expect(await response.text()).not.toContain(PROVIDER_KEY);
  const row = await (await admin("GET", `/admin/requests/${response.headers.get("x-evergate-request-id")}`)).text();
  expect(row).toContain("connection");
  expect(row + printed()).not.toContain(PROVIDER_KEY);
});

test("LiteLLM#9820: a deleted key is refused at its next call, whatever is cached or kept for it", async () => {
  const { id, key } = (await (await admin("POST", "/admin/keys", { name: "short-lived" })).json()) as Record<
    string,
    string
  >;
  const headers = { authorization: `Bearer ${key}`, "idempotency-key": "once" };
  const question = { messages: [{ role: "user", content: "Do you know me?" }] };
  expect((await chat(question, headers)).status).toBe(200);
  expect((await chat(question, { authorization: `Bearer ${key}` })).headers.get("x-evergate-cache")).toBe("exact");
  expect((await admin("DELETE", `/admin/keys/${id}`)).status).toBe(200);
  expect((await chat(question, { authorization: `Bearer ${key}` })).status).toBe(401);
  expect((await chat(question, headers)).status).toBe(401);
});

test("LiteLLM#39136: what clients choose makes no endless metric labels, and none of it is their text", async () => {
  const odd = "a-name-that-only-this-client-sends";
  const names = Array.from({ length: 300 }, (_, n) => `${odd}-${n}`);
  for (let at = 0; at < names.length; at += 50)
    await Promise.all(
      names
        .slice(at, at + 50)
        .map(async (name) =>
          (await chat({ model: name }, { "x-evergate-user": name, "x-evergate-tags": `t=${name}` })).text(),
        ),
    );
  const metrics = async () =>
    (await gateway.fetch("/metrics", { headers: { authorization: `Bearer ${METRICS}` } })).text();
  const text = await metrics();
  expect(text).toContain("evergate_requests_total");
  expect(text).not.toContain(odd);
  // Where a client may name a provider's models itself they are labels, up to a bound.
  for (let at = 0; at < names.length; at += 50)
    await Promise.all(names.slice(at, at + 50).map(async (name) => (await chat({ model: `first/${name}` })).text()));
  const shown = new Set(Array.from((await metrics()).matchAll(/that-only-this-client-sends-\d+/g), ([name]) => name));
  expect(shown.size).toBeGreaterThan(100);
  expect(shown.size).toBeLessThanOrEqual(MAX_LABEL_VALUES);
}, 60_000);

/** Counts who comes. `redirecting` is a provider that sends everybody here, `recording` one that notes what is asked. */
function listener() {
  let connections = 0;
  const target = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open() {
        connections += 1;
      },
      data() {},
    },
  });
  const redirecting = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ url }) => Response.redirect(`http://127.0.0.1:${target.port}${new URL(url).pathname}`, 307),
  });
  const paths: string[] = [];
  const recording = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url }) {
      const { pathname, search } = new URL(url);
      paths.push(pathname + search);
      return Response.json({ error: { message: "no such model" } }, { status: 404 });
    },
  });
  return {
    port: target.port,
    recording: `http://127.0.0.1:${recording.port}`,
    paths: () => paths,
    redirecting: `http://127.0.0.1:${redirecting.port}`,
    connections: () => connections,
    stop() {
      target.stop(true);
      void redirecting.stop(true);
      void recording.stop(true);
    },
  };
}

/** Bytes that no HTTP client would send, and what comes back until the other side has nothing more to say. */
function raw(port: number, request: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let answer = "";
  const socket = connect(port, "127.0.0.1", () =>
    socket.write(request.replace(/\r\n\r\n$/, "\r\nConnection: close\r\n\r\n")),
  );
  socket.on("data", (data) => {
    answer += data;
  });
  socket.on("close", () => resolve(answer));
  socket.on("error", reject);
  return promise;
}

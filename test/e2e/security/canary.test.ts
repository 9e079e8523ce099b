/**
 * Secrets are planted wherever one can be, each of them one of a kind; then everything the binary says and writes is
 * searched for them: answers and their headers, errors, logs, metrics, command lines, database pages, last words.
 */
import { expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { Glob } from "bun";
import { ROUTES } from "../../../src/http/routes.ts";
import { listening } from "../../support/secrets/double.ts";
import { vaultDouble } from "../../support/secrets/vault-double.ts";
import { type Gateway, runEvergate, startGateway } from "../harness.ts";
import { indiscreetProvider, receiver } from "./indiscreet.ts";

/** So that nothing else looks like one, in any part: 24 random letters after a name. */
const canary = (name: string) =>
  `${name}-${crypto.getRandomValues(new Uint8Array(18)).toBase64({ alphabet: "base64url" })}`;

const privateKeyOfGoogle = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  type: "pkcs8",
  format: "pem",
}) as string;

/** None begins as a vendor's keys do: the log takes those out of any text, and would hide where they get to. */
const PLANTED = {
  ADMIN: canary("admin"),
  METRICS: canary("metrics"),
  PROVIDER_ENV: canary("key-env"),
  PROVIDER_FILE: canary("key-file"),
  PROVIDER_LITERAL: canary("key-literal"),
  PROVIDER_HEADER: canary("header"),
  PROVIDER_BY_API: canary("key-api"),
  AZURE: canary("azure"),
  GEMINI: canary("gemini"),
  AWS_SECRET: canary("aws-secret"),
  AWS_SESSION: canary("aws-session"),
  GOOGLE_TOKEN: canary("google"),
  GOOGLE_KEY: privateKeyOfGoogle.split("\n")[5]!,
  VAULT_TOKEN: canary("hvs"),
  IN_VAULT: canary("key-vault"),
  FILE_KEY: canary("virtual"),
  OTLP: canary("otlp"),
  HOOK_SECRET: canary("hook"),
  SLACK: canary("slack"),
  PAGERDUTY: canary("pager"),
  SMTP: canary("smtp"),
  SSO: canary("sso"),
  EVERGATE_MASTER_KEY: canary("master"),
  EVERGATE_NEW_MASTER_KEY: canary("next-master"),
  /** Sent by a client in place of a key. */
  WRONG_KEY: canary("wrong"),
  /** What people write to models is not kept in clear unless asked for. */
  PROMPT: canary("prompt"),
  ANSWER: canary("answer"),
};
type Planted = keyof typeof PLANTED;

test("no planted secret is seen anywhere, whatever is asked, fails or crashes", async () => {
  const vault = vaultDouble(Date.now);
  vault.issue(PLANTED.VAULT_TOKEN);
  vault.put("secret/data/openai", { key: PLANTED.IN_VAULT });
  using vaultServer = listening(vault);
  using provider = indiscreetProvider({ answer: PLANTED.ANSWER, token: PLANTED.GOOGLE_TOKEN });
  using outside = receiver();
  const env = {
    VAULT_ADDR: vaultServer.url,
    EVERGATE_LOG: "debug",
    ...pick(
      "ADMIN",
      "METRICS",
      "PROVIDER_ENV",
      "PROVIDER_HEADER",
      "AZURE",
      "GEMINI",
      "AWS_SECRET",
      "AWS_SESSION",
      "VAULT_TOKEN",
      "OTLP",
      "HOOK_SECRET",
      "SLACK",
      "PAGERDUTY",
      "SMTP",
      "SSO",
      "EVERGATE_MASTER_KEY",
    ),
  };
  const account = { type: "service_account", client_email: "g@example.com", private_key: privateKeyOfGoogle };
  const files = {
    "provider.key": `${PLANTED.PROVIDER_FILE}\n`,
    "google.json": JSON.stringify({ ...account, token_uri: `${provider.url}/token` }),
  };
  const config = configOf(provider.url, outside.url);
  await using gateway = await startGateway({ config, env, files });
  const seen: string[] = [];
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await gateway.fetch(path, init);
    const text = await response.text();
    seen.push(
      `${init.method ?? "GET"} ${path.split("?")[0]} ${response.status} ${JSON.stringify([...response.headers])} ${text}`,
    );
    return { status: response.status, text };
  };
  const admin = (method: string, path: string, body?: unknown) =>
    ask(path, {
      method,
      headers: { authorization: `Bearer ${PLANTED.ADMIN}`, "content-type": "application/json" },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });

  const made = JSON.parse((await admin("POST", "/admin/keys", { name: "made" })).text) as { id: string; key: string };
  const rotated = JSON.parse((await admin("POST", `/admin/keys/${made.id}/rotate`, { graceMs: 60_000 })).text) as {
    key: string;
  };
  // A new key is shown once, here; it must not be seen again.
  seen.length = 0;
  const provided = {
    name: "later",
    type: "openai-compatible",
    baseUrl: `${provider.url}/v1`,
    keys: [PLANTED.PROVIDER_BY_API],
  };
  expect((await admin("POST", "/admin/providers", provided)).status).toBe(201);
  expect((await admin("POST", "/admin/models", { name: "later", targets: ["later/refuses"] })).status).toBe(201);

  await callEverything(ask, gateway.fetch, [PLANTED.FILE_KEY, made.key, rotated.key]);
  await askEverything(admin, ask);
  await gateway.write(
    "gateway.config.ts",
    config.replace('keys: [env("PROVIDER_ENV")]', 'keys: 12, kees: env("PROVIDER_ENV")'),
  );
  expect((await admin("POST", "/admin/reload")).status).toBe(400);
  for (const wrong of wrongConfigs()) await admin("POST", "/admin/config/check", wrong);
  const session = await signedIn(gateway, ask);
  const toProviders = provider.heard.join("\n");
  for (const name of OF_PROVIDERS) expect(`${name}: ${toProviders.includes(PLANTED[name])}`).toBe(`${name}: true`);

  gateway.signal("SIGABRT");
  await gateway.exited;
  await gateway.write("gateway.config.ts", config);
  const again = { cwd: gateway.cwd, env };
  for (const args of [
    ["check"],
    ["check", "--secrets"],
    ["doctor"],
    ["keys", "list"],
    ["ledger", "verify"],
    ["ledger", "export"],
    ["--help"],
  ]) {
    const { stdout, stderr } = await runEvergate(args, again);
    seen.push(`${args.join(" ")}: ${stdout}${stderr}`);
  }
  const { stdout, stderr, exitCode } = await runEvergate(["serve"], {
    ...again,
    env: { ...env, EVERGATE_MASTER_KEY: canary("another") },
  });
  expect(exitCode).toBe(1);
  seen.push(stdout + stderr);
  const rotation = await runEvergate(["keys", "rotate-master"], {
    ...again,
    env: { ...env, ...pick("EVERGATE_NEW_MASTER_KEY") },
  });
  expect(rotation.exitCode).toBe(0);
  seen.push(rotation.stdout + rotation.stderr);
  const envOfLast = { ...env, EVERGATE_MASTER_KEY: PLANTED.EVERGATE_NEW_MASTER_KEY };
  await using last = await startGateway({ ...again, env: envOfLast });
  expect((await chat(last, PLANTED.FILE_KEY, "vaulted")).status).toBe(502);
  await last.stop();

  seen.push(gateway.output.stdout + gateway.output.stderr + last.output.stdout + last.output.stderr);
  for (const path of new Glob("**/*").scanSync({ cwd: gateway.cwd, dot: true })) {
    if (path === "gateway.config.ts" || path in files) continue;
    seen.push(`${path}: ${Buffer.from(await Bun.file(`${gateway.cwd}/${path}`).bytes()).toString("latin1")}`);
  }
  expect(outside.heard.length).toBeGreaterThan(3);
  seen.push(`Told outside: ${outside.heard.join("\n").replaceAll(PLANTED.PAGERDUTY, "")}`);
  const everything = seen.join("\n");
  expect(everything).toContain("evergate_requests_total");
  expect(everything).toContain("SQLite format 3");
  expect(everything).toContain("gen_ai");
  const ofGateway = { MADE: made.key, ROTATED: rotated.key, SESSION: session };
  searchFor({ ...PLANTED, ...ofGateway }, everything);
  // What opens the gateway, or something else than the provider that is called, is not the provider's to know.
  const { PROMPT: _, ...others } = PLANTED;
  for (const name of OF_PROVIDERS) delete (others as Partial<typeof PLANTED>)[name];
  searchFor({ ...others, ...ofGateway }, provider.heard.join("\n"));
}, 120_000);

/** What providers are to be told: seeing none of these would be a test of nothing. */
const OF_PROVIDERS = [
  "PROVIDER_ENV",
  "PROVIDER_FILE",
  "PROVIDER_LITERAL",
  "PROVIDER_BY_API",
  "PROVIDER_HEADER",
  "IN_VAULT",
  "AZURE",
  "GEMINI",
  "AWS_SESSION",
  "GOOGLE_TOKEN",
] as const;

function searchFor(secrets: Readonly<Record<string, string>>, text: string): void {
  for (const [name, secret] of Object.entries(secrets))
    for (const form of formsOf(secret))
      if (text.includes(form)) throw new Error(`${name} is seen: ${around(text, form)}`);
}

/** What the cookie of a session holds, after use. */
async function signedIn(gateway: Gateway, ask: Ask): Promise<string> {
  const response = await gateway.fetch("/sso/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: PLANTED.ADMIN }),
  });
  const cookie = response.headers.get("set-cookie")!.split(";")[0]!;
  const { csrf } = (await response.json()) as { csrf: string };
  expect((await ask("/admin/audit", { headers: { cookie } })).status).toBe(200);
  expect((await ask("/admin/reload", { method: "POST", headers: { cookie } })).status).toBe(403);
  const headers = { cookie, "x-evergate-csrf": csrf };
  expect((await ask("/admin/reload", { method: "POST", headers })).status).toBe(400);
  return cookie.split("=")[1]!;
}

function configOf(url: string, outside: string): string {
  return `
import { defineConfig, env, file, vault } from "evergate";
const of = (keys, more = {}) => ({ type: "openai-compatible", baseUrl: "${url}/v1", keys, ...more });
export default defineConfig({
  server: { adminToken: env("ADMIN"), allowPrivateNetwork: true },
  providers: {
    first: { type: "openai-compatible", baseUrl: "${url}/v1", keys: [env("PROVIDER_ENV")], headers: { "x-extra": env("PROVIDER_HEADER") } },
    second: of([file("provider.key")]), third: of(["${PLANTED.PROVIDER_LITERAL}"]), fourth: of([vault("secret/openai#key")]),
    gone: { type: "gemini", baseUrl: "http://127.0.0.1:9", keys: [env("PROVIDER_ENV")] },
    azure: { type: "azure-openai", baseUrl: "${url}", apiVersion: "2024-10-21", keys: [env("AZURE")] },
    gemini: { type: "gemini", baseUrl: "${url}", keys: [env("GEMINI")] },
    aws: { type: "bedrock", region: "eu-west-1", baseUrl: "${url}", keys: [{ accessKeyId: "AKIDEXAMPLE", secretAccessKey: env("AWS_SECRET"), sessionToken: env("AWS_SESSION") }] },
    google: { type: "vertex", project: "p", location: "europe-west1", baseUrl: "${url}", keys: [file("google.json")] },
  },
  models: {
    good: ["first/good"], refuses: ["first/refuses", "second/refuses", "third/refuses", "fourth/refuses"],
    broken: ["first/broken"], page: ["second/page"], asks: ["third/asks"], cut: ["first/cut"], gone: ["gone/gemini-2.5-flash"],
    vaulted: ["fourth/refuses"], clouds: ["azure/refuses", "gemini/refuses", "aws/refuses", "google/refuses"],
  },
  resilience: { retries: { perTarget: 0 } },
  telemetry: { metrics: { token: env("METRICS") }, otlp: { endpoint: "${outside}", headers: { authorization: env("OTLP") }, sample: 1 } },
  alerts: {
    slack: { webhook: "${outside}/${PLANTED.SLACK}" }, pagerduty: { routingKey: env("PAGERDUTY"), baseUrl: "${outside}" },
    webhook: { url: "${outside}/hook", secret: env("HOOK_SECRET") },
    email: { smtp: "smtp://me:${PLANTED.SMTP}@127.0.0.1:9", from: "a@example.com", to: ["b@example.com"] },
    rules: [{ name: "any", when: "error_rate > 0% for 1s", to: ["slack", "pagerduty", "webhook", "email"] }],
  },
  sso: { google: { clientId: "evergate", clientSecret: env("SSO") }, roles: [{ domain: "example.com", role: "viewer" }] },
  access: { keys: { app: { secret: "${PLANTED.FILE_KEY}" } } },
});`;
}

type Ask = (path: string, init?: RequestInit) => Promise<{ status: number; text: string }>;

async function callEverything(ask: Ask, unseen: Gateway["fetch"], keys: readonly string[]): Promise<void> {
  const post = (path: string, key: string, body: object, headers: Record<string, string> = {}) =>
    ask(path, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}`, ...headers },
      body: JSON.stringify(body),
    });
  const messages = [{ role: "user", content: PLANTED.PROMPT }];
  const [app, ...others] = keys as [string, ...string[]];
  for (const model of ["refuses", "broken", "page", "asks", "cut", "gone", "later", "vaulted", "clouds", "nothing"]) {
    for (const stream of [false, true])
      await post("/v1/chat/completions", app, { model, stream, messages }, { "x-evergate-explain": "1" });
    await post("/v1/messages", app, { model, max_tokens: 9, messages });
    await post(`/v1beta/models/${model}:generateContent`, app, {
      contents: [{ role: "user", parts: [{ text: PLANTED.PROMPT }] }],
    });
    await post("/v1/embeddings", app, { model, input: PLANTED.PROMPT });
  }
  for (const key of others) await post("/v1/chat/completions", key, { model: "broken", messages });
  // An answer may hold what its client asked and was answered; what is kept of it may not.
  const good = (path: string, body: object, headers: object = {}) =>
    unseen(path, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${app}`, ...headers },
      body: JSON.stringify({ model: "good", ...body }),
    });
  expect(await (await good("/v1/chat/completions", { messages })).text()).toContain(PLANTED.ANSWER);
  expect((await good("/v1/responses", { input: PLANTED.PROMPT })).status).toBe(200);
  expect((await good("/v1/chat/completions", { messages }, { "idempotency-key": "one" })).status).toBe(200);
  for (const header of ["authorization", "x-api-key", "api-key", "x-goog-api-key"])
    await ask("/v1/chat/completions", {
      method: "POST",
      headers: { [header]: header === "authorization" ? `Bearer ${PLANTED.WRONG_KEY}` : PLANTED.WRONG_KEY },
      body: "{",
    });
  await ask(`/v1beta/models/good:generateContent?key=${PLANTED.WRONG_KEY}`, { method: "POST", body: "{}" });
}

async function askEverything(
  admin: (method: string, path: string, body?: unknown) => Promise<{ status: number; text: string }>,
  ask: Ask,
): Promise<void> {
  const requests = JSON.parse((await admin("GET", "/admin/requests?limit=1000")).text) as { data: { id: string }[] };
  expect(requests.data.length).toBeGreaterThan(30);
  for (const { id } of requests.data) await admin("GET", `/admin/requests/${id}`);
  for (const { method, path } of ROUTES) {
    if (path === "/admin/requests/live" || method !== "GET") continue;
    await admin("GET", path.replace(/:\w+/, "app").replace("*", "first"));
    await ask(path.replace(/:\w+/, "app").replace("*", "first"), {
      headers: { authorization: `Bearer ${PLANTED.METRICS}` },
    });
  }
  for (const kind of ["keys", "providers", "models"])
    for (const name of ["made", "app", "first", "later"])
      await admin("PATCH", `/admin/${kind}/${name}`, { disabled: 12, keys: PLANTED.PROVIDER_BY_API });
  await admin("POST", "/admin/alerts/test", {});
  await ask("/sso/session", { method: "POST", body: JSON.stringify({ token: PLANTED.WRONG_KEY }) });
  await ask(`/nowhere/${"x".repeat(300)}`, { headers: { authorization: `Bearer ${PLANTED.WRONG_KEY}` } });
}

/** Secrets where something else belongs: a fault that repeats what it found would show them. */
function wrongConfigs(): unknown[] {
  const secret = PLANTED.PROVIDER_LITERAL;
  return [
    { providers: { a: { type: "openai", keys: secret } } },
    { providers: { a: { type: "openai", keys: [{ secret: { env: secret, file: secret } }] } } },
    { providers: { a: { type: "openai", key: secret } } },
    { providers: { a: { type: "openai", keys: [{ sekret: secret }] } } },
    { server: { adminToken: [secret] } },
    { access: { keys: { app: secret } } },
    { access: { keys: [{ secret }] } },
    { alerts: { slack: secret, email: { smtp: [secret] } } },
    { telemetry: { otlp: { endpoint: "http://x", headers: [secret] } } },
    { sso: { google: { clientSecret: [secret] } } },
    `{"providers": {"a": {"keys": ["${secret}"]`,
  ];
}

function chat(gateway: Gateway, key: string, model: string): Promise<Response> {
  return gateway.fetch("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] }),
  });
}

function pick(...names: Planted[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, PLANTED[name]]));
}

/** Half of a secret is half of it too many. */
const SHOWN_AT_MOST = 12;

function formsOf(secret: string): string[] {
  const part = secret.slice(0, SHOWN_AT_MOST + 4);
  return [
    part,
    secret.slice(-SHOWN_AT_MOST),
    encodeURIComponent(secret),
    // Where a text begins in a longer one moves its base64 by a character or two.
    ...[0, 1, 2].map((at) => Buffer.from(secret.slice(at)).toString("base64").slice(0, 20)),
    Buffer.from(secret).toString("hex"),
  ];
}

function around(text: string, part: string): string {
  const at = text.indexOf(part);
  return text.slice(Math.max(0, at - 200), at + 100);
}

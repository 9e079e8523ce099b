/** Vertex AI: addresses, tokens from a service account, and Claude's body; the token endpoint is a real server. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { exportPKCS8, generateKeyPair, jwtVerify } from "jose";
import { GatewayError } from "../../src/canonical/errors.ts";
import { createProvider } from "../../src/providers/create.ts";
import { NoCredentials, type Provider } from "../../src/providers/provider.ts";
import type { ProviderOptions } from "../../src/providers/provider-options.ts";
import { prepareBody } from "../../src/router/body.ts";
import { collectingLog } from "../support/collecting-log.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
const PEM = await exportPKCS8(privateKey);
const START_MS = Date.parse("2026-11-23T12:00:00Z");

let clock: ReturnType<typeof simulatedClock>;
let exchanges: URLSearchParams[];
let answer: () => Response | Promise<Response>;
const server = Bun.serve({
  port: 0,
  async fetch(request) {
    exchanges.push(new URLSearchParams(await request.text()));
    return answer();
  },
});
afterAll(() => server.stop(true));
beforeEach(() => {
  clock = simulatedClock(START_MS);
  exchanges = [];
  answer = () => Response.json({ access_token: `token-${exchanges.length}`, expires_in: 3600, token_type: "Bearer" });
});

const account = (more: object = {}) =>
  JSON.stringify({
    type: "service_account",
    client_email: "gw@p.iam.gserviceaccount.com",
    private_key: PEM,
    private_key_id: "kid-1",
    token_uri: server.url.href,
    ...more,
  });
const key = (secret = account()) => ({ name: "key-1", secret, weight: 1 });
const make = (options: Partial<ProviderOptions> = {}) =>
  createProvider(
    { name: "v", type: "vertex", project: "my-project", location: "europe-west1", keys: [key()], ...options },
    { clock, random: seededRandom(1), log: collectingLog().log, fetch },
  );
const headersOf = (provider: Provider) =>
  Promise.resolve(provider.headers(provider.keys[0]!, { url: "", body: new Uint8Array(), clientHeaders: {} }));
const tokenOf = async (provider: Provider) => (await headersOf(provider))["authorization"];
const failureOf = (provider: Provider) =>
  headersOf(provider).then(
    () => undefined,
    (error: unknown) => (error instanceof NoCredentials ? error.failure : error),
  );
const urlOf = (provider: Provider, model: string, stream: boolean) =>
  provider.url(provider.dialectFor("chat", model)!, model, stream);

describe("address", () => {
  const GOOGLE = "projects/my-project/locations/europe-west1/publishers/google/models";
  const ANTHROPIC = "projects/my-project/locations/europe-west1/publishers/anthropic/models";
  const HOST = "https://europe-west1-aiplatform.googleapis.com/v1";
  test.each([
    ["gemini-2.5-pro", false, `${HOST}/${GOOGLE}/gemini-2.5-pro:generateContent`],
    ["google/gemini-2.5-pro", true, `${HOST}/${GOOGLE}/gemini-2.5-pro:streamGenerateContent?alt=sse`],
    ["claude-sonnet-4-5@20250929", false, `${HOST}/${ANTHROPIC}/claude-sonnet-4-5@20250929:rawPredict`],
    ["anthropic/claude-opus-4-5", true, `${HOST}/${ANTHROPIC}/claude-opus-4-5:streamRawPredict`],
    ["../x", false, `${HOST}/${GOOGLE}/%252E%252E%2Fx:generateContent`],
  ])("%s, stream %p", (model, stream, url) => expect(urlOf(make(), model, stream)).toBe(url));

  test.each([
    ["global", "https://aiplatform.googleapis.com/v1/projects/my-project/locations/global/"],
    ["eu", "https://aiplatform.eu.rep.googleapis.com/v1/projects/my-project/locations/eu/"],
    ["us-central1", "https://us-central1-aiplatform.googleapis.com/v1/projects/my-project/locations/us-central1/"],
  ])("%s", (location, start) => expect(urlOf(make({ location }), "gemini-2.5-pro", false)).toStartWith(start));

  test("the operator's own wins", () => {
    const provider = make({ baseUrl: "http://127.0.0.1:9/v1/" });
    expect(urlOf(provider, "gemini-2.5-pro", false)).toStartWith("http://127.0.0.1:9/v1/projects/my-project/");
  });
});

describe("token", () => {
  test("is exchanged for a signed assertion, once for all that wait", async () => {
    const provider = make();
    const tokens = await Promise.all([tokenOf(provider), tokenOf(provider), tokenOf(provider)]);
    expect(new Set(tokens)).toEqual(new Set(["Bearer token-1"]));
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]!.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const { payload, protectedHeader } = await jwtVerify(exchanges[0]!.get("assertion")!, publicKey, {
      currentDate: new Date(START_MS),
    });
    expect(protectedHeader).toEqual({ alg: "RS256", typ: "JWT", kid: "kid-1" });
    expect(payload).toEqual({
      iss: "gw@p.iam.gserviceaccount.com",
      aud: server.url.href,
      scope: "https://www.googleapis.com/auth/cloud-platform",
      iat: START_MS / 1000,
      exp: START_MS / 1000 + 3600,
    });
  });

  test("is kept, and renewed while it still serves", async () => {
    const provider = make();
    await tokenOf(provider);
    await clock.advance(54 * 60_000);
    expect(await tokenOf(provider)).toBe("Bearer token-1");
    expect(exchanges).toHaveLength(1);
    await clock.advance(2 * 60_000);
    const renewed = Promise.withResolvers<void>();
    const given = answer;
    answer = () => {
      renewed.resolve();
      return given();
    };
    expect(await tokenOf(provider)).toBe("Bearer token-1");
    await renewed.promise;
    while ((await tokenOf(provider)) === "Bearer token-1") await new Promise((resolve) => setImmediate(resolve));
    expect(exchanges).toHaveLength(2);
  });

  test("that has ended is waited for, and a renewal that fails leaves the old one in use until then", async () => {
    const provider = make();
    await tokenOf(provider);
    answer = () => new Response("no", { status: 503 });
    await clock.advance(58 * 60_000);
    expect(await tokenOf(provider)).toBe("Bearer token-1");
    // The renewal has been refused, and its time limit is taken back.
    while (exchanges.length < 2 || clock.pending() > 0) await Bun.sleep(1);
    await clock.advance(60 * 60_000);
    expect(await failureOf(provider)).toMatchObject({ class: "overloaded", status: 503 });
    answer = () => Response.json({ access_token: "again", expires_in: 3600 });
    expect(await tokenOf(provider)).toBe("Bearer again");
  });

  test.each<[string, () => Response, object]>([
    ["400", () => Response.json({ error: "invalid_grant" }, { status: 400 }), { class: "auth", status: 400 }],
    ["401", () => new Response("", { status: 401 }), { class: "auth", status: 401 }],
    ["429", () => new Response("", { status: 429 }), { class: "rate_limited" }],
    ["500", () => new Response("", { status: 500 }), { class: "server" }],
    ["a redirect", () => Response.redirect("https://evil.example/", 302), { class: "server" }],
    ["no token", () => Response.json({ id_token: "x" }), { class: "malformed" }],
    ["a token with a line break", () => Response.json({ access_token: "a\r\nb" }), { class: "malformed" }],
    ["no JSON", () => new Response("<html>"), { class: "connection" }],
  ])("%s from the endpoint is a failure that tells nothing of the key", async (_, response, expected) => {
    answer = response;
    const failure = await failureOf(make());
    expect(failure).toMatchObject(expected);
    expect(JSON.stringify(failure)).not.toContain("PRIVATE KEY");
  });

  test("an endpoint that is not there, or answers nothing, is no fault of the key", async () => {
    const nowhere = make({ keys: [key(account({ token_uri: "http://127.0.0.1:1/" }))] });
    expect(await failureOf(nowhere)).toMatchObject({ class: "connection" });
    const asked = Promise.withResolvers<void>();
    answer = () => {
      asked.resolve();
      return new Promise<Response>(() => {});
    };
    const failure = failureOf(make());
    await asked.promise;
    await clock.advance(10_000);
    expect(await failure).toMatchObject({ class: "timeout" });
  });

  test("a key that cannot be read is found at its first use, and not quoted", async () => {
    const failure = await failureOf(make({ keys: [key(account({ private_key: "secret-nonsense" }))] }));
    expect(failure).toMatchObject({ class: "auth" });
    expect(JSON.stringify(failure)).not.toContain("nonsense");
    expect(exchanges).toHaveLength(0);
  });
});

describe("wrong options are refused by name", () => {
  test.each<[Partial<ProviderOptions>, string, RegExp]>([
    [{ project: undefined }, "project", /Google Cloud project/],
    [{ location: "evil.example/" }, "location", /Google Cloud location/],
    [{ keys: [] }, "keys", /at least one key/],
    [{ keys: [key("sk-secret")] }, "keys[0]", /is not the JSON/],
    [{ keys: [key('{"type":"authorized_user","refresh_token":"sk-secret"}')] }, "keys[0]", /no service account/],
    [{ keys: [key('{"type":"service_account","private_key":"sk-secret"}')] }, "keys[0]", /lacks/],
    [{ keys: [key(account({ token_uri: "file:///sk-secret" }))] }, "keys[0]", /token_uri/],
  ])("%#", (options, param, words) => {
    let error: unknown;
    try {
      make(options);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ param });
    expect((error as Error).message).toMatch(words);
    expect((error as Error).message).not.toContain("sk-secret");
  });
});

test("Claude's body has the version in the place of the model, in bytes that are the client's otherwise", () => {
  const provider = make();
  const model = "claude-sonnet-4-5@20250929";
  const dialect = provider.dialectFor("chat", model)!;
  const text = '{ "model":"fast", "max_tokens": 16, "messages":[{"role":"user","content":"h\\u0069"}] }';
  const json = JSON.parse(text);
  const call = (name: string) =>
    ({
      dialect: name,
      body: { bytes: Buffer.from(text), json, chat: () => dialect.parseRequest(json) },
    }) as unknown as Parameters<typeof prepareBody>[0];
  const changes = { traits: provider.traits(model), stream: false };
  const own = Buffer.from(prepareBody(call("anthropic-messages"), dialect, changes).bytes).toString();
  expect(own).toBe(
    '{ "max_tokens": 16, "messages":[{"role":"user","content":"h\\u0069"}],"anthropic_version":"vertex-2023-10-16" }',
  );
  const other = JSON.parse(Buffer.from(prepareBody(call("openai-chat"), dialect, changes).bytes).toString());
  expect(other).toMatchObject({ anthropic_version: "vertex-2023-10-16", max_tokens: 16 });
  expect(other).not.toHaveProperty("model");
  expect(provider.traits("gemini-2.5-pro").bodyEdits).toBeUndefined();
});

/** From options to address, headers and traits; and every option that is wrong is refused by name. */
import { describe, expect, test } from "bun:test";
import type { ChatRequest } from "../../src/canonical/chat.ts";
import { GatewayError } from "../../src/canonical/errors.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import { callUpstream } from "../../src/providers/call.ts";
import { createProvider } from "../../src/providers/create.ts";
import type { Provider, ProviderKey } from "../../src/providers/provider.ts";
import type { ProviderOptions } from "../../src/providers/provider-options.ts";
import { VENDORS } from "../../src/providers/vendors.ts";
import { collectingLog } from "../support/collecting-log.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

const deps = { clock: simulatedClock(), random: seededRandom(1), log: collectingLog().log, fetch };
const key = (secret: string): ProviderKey => ({ name: "key-1", secret, weight: 1 });
const make = (options: Partial<ProviderOptions>) =>
  createProvider({ name: "p", type: "openai", keys: [key("sk-1")], ...options }, deps);

const REQUEST: ChatRequest = {
  operation: "chat",
  dialect: "another",
  model: "m",
  stream: false,
  messages: [{ role: "user", content: "Hi" }],
  maxOutputTokens: 50,
};

function urlOf(provider: Provider, model = "m", stream = false): string {
  return provider.url(provider.dialectFor("chat", model)!, model, stream);
}
function headersOf(provider: Provider, clientHeaders: Record<string, string> = {}): Record<string, string> {
  const [first] = provider.keys;
  const headers = provider.headers(first!, { url: "", body: new Uint8Array(), clientHeaders });
  return headers as Record<string, string>;
}

describe("address", () => {
  test.each<[Partial<ProviderOptions>, string]>([
    [{ type: "openai" }, "https://api.openai.com/v1/chat/completions"],
    [{ type: "openai", baseUrl: "http://127.0.0.1:9/v1/" }, "http://127.0.0.1:9/v1/chat/completions"],
    [{ type: "groq" }, "https://api.groq.com/openai/v1/chat/completions"],
    [{ type: "mistral" }, "https://api.mistral.ai/v1/chat/completions"],
    [{ type: "deepseek" }, "https://api.deepseek.com/v1/chat/completions"],
    [{ type: "xai" }, "https://api.x.ai/v1/chat/completions"],
    [{ type: "together" }, "https://api.together.xyz/v1/chat/completions"],
    [{ type: "fireworks" }, "https://api.fireworks.ai/inference/v1/chat/completions"],
    [{ type: "openrouter" }, "https://openrouter.ai/api/v1/chat/completions"],
    [{ type: "perplexity" }, "https://api.perplexity.ai/chat/completions"],
    [{ type: "cerebras" }, "https://api.cerebras.ai/v1/chat/completions"],
    [{ type: "nvidia" }, "https://integrate.api.nvidia.com/v1/chat/completions"],
    [{ type: "sambanova" }, "https://api.sambanova.ai/v1/chat/completions"],
    [{ type: "deepinfra" }, "https://api.deepinfra.com/v1/openai/chat/completions"],
    [{ type: "huggingface" }, "https://router.huggingface.co/v1/chat/completions"],
    [{ type: "vllm" }, "http://127.0.0.1:8000/v1/chat/completions"],
    [{ type: "openai-compatible", baseUrl: "http://h/api" }, "http://h/api/chat/completions"],
    [{ type: "anthropic" }, "https://api.anthropic.com/v1/messages"],
    // A habit of many that would otherwise end in /v1/v1.
    [{ type: "anthropic", baseUrl: "https://proxy.example/v1" }, "https://proxy.example/v1/messages"],
  ])("%o", (options, expected) => expect(urlOf(make(options))).toBe(expected));

  const azure = { type: "azure-openai", baseUrl: "https://x.openai.azure.com", deployments: { "gpt-4o": "my dep/1" } };
  test.each<[Partial<ProviderOptions>, string, string]>([
    [
      { apiVersion: "2025-04-01-preview" },
      "https://x.openai.azure.com/openai/deployments/my%20dep%2F1/chat/completions?api-version=2025-04-01-preview",
      "my dep/1",
    ],
    [{}, "https://x.openai.azure.com/openai/v1/chat/completions", "my dep/1"],
    [{ apiVersion: "v1" }, "https://x.openai.azure.com/openai/v1/chat/completions", "my dep/1"],
    [
      { apiVersion: "preview" },
      "https://x.openai.azure.com/openai/v1/chat/completions?api-version=preview",
      "my dep/1",
    ],
    [
      { baseUrl: "https://x.openai.azure.com/openai/v1/" },
      "https://x.openai.azure.com/openai/v1/chat/completions",
      "my dep/1",
    ],
    [{ deployments: {} }, "https://x.openai.azure.com/openai/v1/chat/completions", "gpt-4o"],
    [{ deployments: undefined }, "https://x.openai.azure.com/openai/v1/chat/completions", "gpt-4o"],
  ])("Azure %o", (options, url, sentAs) => {
    const provider = make({ ...azure, ...options });
    expect(urlOf(provider, "gpt-4o")).toBe(url);
    expect(provider.traits("gpt-4o").model).toBe(sentAs);
  });
});

/** Operations besides chat that have the model in the path. */
const IN_PATH = ["embed", "count"] as const;

describe("a client's model name takes no step out of the path that it is part of", () => {
  test.each<[string, Partial<ProviderOptions>, string]>([
    ["gemini", { type: "gemini" }, "/v1beta/models/"],
    [
      "azure-openai",
      { type: "azure-openai", baseUrl: "https://up.example", apiVersion: "2024-10-21" },
      "/openai/deployments/",
    ],
    ["bedrock", { type: "bedrock", region: "eu-west-1" }, "/model/"],
  ])("%s", (_, options, below) => {
    const provider = make({ ...options, baseUrl: "https://up.example" });
    for (const model of [
      "..",
      "../../x",
      "models/../../../upload/v1beta/files?key=x#",
      "models/../../x/y",
      "models/%2e%2e/%2E%2E/x",
      "a\\..\\..\\..\\x",
      "a?key=b",
      "a#b",
      "a\r\nx: y",
      "a\ud800",
      "./../.",
    ]) {
      const urls = [urlOf(provider, model), ...IN_PATH.map((operation) => provider.offer(operation, model)?.url)];
      for (const text of urls.filter((url) => url !== undefined)) {
        const { origin, pathname, search, hash } = new URL(text);
        expect({ model, origin, hash, below: pathname.slice(0, below.length) }).toEqual({
          model,
          origin: "https://up.example",
          hash: "",
          below,
        });
        expect(search).toBeOneOf(["", "?api-version=2024-10-21"]);
      }
    }
  });
});

describe("headers", () => {
  const client = {
    authorization: "Bearer eg_gateway",
    cookie: "a=b",
    "anthropic-beta": "b1",
    "anthropic-version": "2024-01-01",
    "openai-beta": "assistants=v2",
    traceparent: "00-1-2-01",
    "x-team": "search",
  };
  const common = { "content-type": "application/json", "accept-encoding": "identity", traceparent: "00-1-2-01" };
  test.each<[Partial<ProviderOptions>, Record<string, string>]>([
    [{ type: "openai" }, { ...common, authorization: "Bearer sk-1", "openai-beta": "assistants=v2" }],
    [{ type: "groq" }, { ...common, authorization: "Bearer sk-1" }],
    [
      { type: "azure-openai", baseUrl: "https://x.openai.azure.com" },
      { ...common, "api-key": "sk-1", "openai-beta": "assistants=v2" },
    ],
    [
      { type: "anthropic" },
      { ...common, "x-api-key": "sk-1", "anthropic-version": "2024-01-01", "anthropic-beta": "b1" },
    ],
    [
      { type: "groq", headers: { "X-Org": "o" }, forwardHeaders: ["X-Team"] },
      { ...common, authorization: "Bearer sk-1", "x-org": "o", "x-team": "search" },
    ],
    [
      { type: "anthropic", headers: { "anthropic-beta": "b0, b1" } },
      { ...common, "x-api-key": "sk-1", "anthropic-version": "2024-01-01", "anthropic-beta": "b0,b1" },
    ],
    [{ type: "vllm", keys: [] }, common],
    [
      { type: "openai-compatible", baseUrl: "http://h/v1", keys: undefined },
      { ...common, "openai-beta": "assistants=v2", "anthropic-beta": "b1", "anthropic-version": "2024-01-01" },
    ],
    [
      { type: "openai", baseUrl: "http://127.0.0.1:9/v1", keys: [] },
      { ...common, "openai-beta": "assistants=v2" },
    ],
  ])("%o", (options, expected) => expect(headersOf(make(options), client)).toEqual(expected));

  test("Anthropic's version when the client has none", () => {
    expect(headersOf(make({ type: "anthropic" }))).toMatchObject({ "anthropic-version": "2023-06-01" });
  });
  test("what a header cannot carry does not pass", () => {
    const provider = make({ forwardHeaders: ["x-team"] });
    expect(headersOf(provider, { "x-team": "a\r\nauthorization: b" })).not.toHaveProperty("x-team");
  });
});

describe("wrong options are refused by name", () => {
  test.each<[Partial<ProviderOptions>, string, RegExp]>([
    [{ type: "opnai" }, "type", /"opnai" is no provider type; there are openai, /],
    [{ type: "bedrock" }, "region", /must name an AWS region/],
    [{ type: "bedrock", region: "https://evil.example/" }, "region", /must name an AWS region/],
    [{ type: "bedrock", region: "eu-west-1", keys: [] }, "keys", /needs at least one key/],
    [
      { type: "bedrock", region: "eu-west-1", keys: [{ ...key(""), secret: { accessKeyId: "a" } }] },
      "keys[0]",
      /needs accessKeyId and secretAccessKey/,
    ],
    [{ keys: [] }, "keys", /needs at least one key/],
    [{ type: "azure-openai", baseUrl: "https://x", keys: [] }, "keys", /needs at least one key/],
    [{ type: "azure-openai" }, "baseUrl", /needs a baseUrl/],
    [{ type: "openai-compatible" }, "baseUrl", /needs a baseUrl/],
    [{ type: "simulated", baseUrl: "http://h" }, "baseUrl", /has no baseUrl/],
    [{ baseUrl: "api.openai.com/v1" }, "baseUrl", /absolute http or https/],
    [{ baseUrl: "ftp://h/v1" }, "baseUrl", /absolute http or https/],
    [{ baseUrl: "https://user:pw@h/v1" }, "baseUrl", /must not hold credentials/],
    [{ baseUrl: "https://h/v1?key=sk-1" }, "baseUrl", /must not have a query/],
    [{ type: "azure-openai", baseUrl: "https://x", apiVersion: "../x" }, "apiVersion", /is none/],
    [{ headers: { "x-a": "1\r\nx-b: 2" } }, "headers.x-a", /line break/],
    [{ headers: { "x a": "1" } }, "headers.x a", /no header name/],
    [{ headers: { Host: "evil" } }, "headers.Host", /set by the gateway/],
    [{ keys: [key("sk\n1")] }, "keys[0]", /characters that no header can carry/],
    [{ forwardHeaders: ["x-ok", "Authorization"] }, "forwardHeaders[1]", /never goes upstream/],
    [{ forwardHeaders: ["cookie"] }, "forwardHeaders[0]", /never goes upstream/],
    [{ forwardHeaders: ["x-evergate-user"] }, "forwardHeaders[0]", /never goes upstream/],
  ])("%o", (options, param, words) => {
    const error = thrownBy(() => make(options));
    expect(error).toMatchObject({ code: "invalid_request", param });
    expect(error.message).toMatch(words);
    expect(error.message).not.toMatch(/sk|pw/);
  });
});

describe("traits", () => {
  test.each<[string, string, object]>([
    ["openai", "gpt-4o", { maxTokensField: "either", vendor: "openai", model: "gpt-4o" }],
    ["openai", "o3-mini", { maxTokensField: "max_completion_tokens" }],
    ["openai", "gpt-5-mini-2025-08-07", { refuses: expect.arrayContaining(["temperature"]) }],
    ["openrouter", "openai/gpt-5", { developerRole: false, reasoningField: "reasoning" }],
    ["mistral", "mistral-large", { streamOptions: false, toolCallIds: "mistral", maxTokensField: "max_tokens" }],
    ["groq", "llama", { refuses: ["logprobs", "top_logprobs", "logit_bias"] }],
    ["xai", "grok-4", { refuses: ["presence_penalty", "frequency_penalty"] }],
    ["anthropic", "claude", { defaultMaxOutputTokens: 4096 }],
  ])("%s %s", (type, model, expected) => expect(make({ type }).traits(model)).toMatchObject(expected));
  test.each([
    ["openai", "gpt-5.2"],
    ["openai", "gpt-5-chat-latest"],
    ["xai", "grok-4-fast-non-reasoning"],
  ])("%s %s takes sampling parameters", (type, model) => {
    expect(make({ type }).traits(model)).not.toHaveProperty("refuses");
  });
  test("Azure before September 2024 refuses stream_options", () => {
    const azure = (apiVersion: string) => make({ type: "azure-openai", baseUrl: "https://x", apiVersion }).traits("m");
    expect(azure("2024-02-01").streamOptions).toBe(false);
    expect(azure("2024-10-21").streamOptions).toBeUndefined();
  });
});

test("every row that has its dialect makes a provider", () => {
  const spoken = new Set(DIALECTS.map(({ name }) => name));
  const types = [...VENDORS.values()].filter(({ dialect }) => spoken.has(dialect)).map(({ type }) => type);
  expect(types.length).toBeGreaterThan(15);
  for (const type of types) {
    const account = { type: "service_account", client_email: "a@p.example", private_key: "…" };
    const options: Partial<ProviderOptions> = type === "vertex" ? { keys: [key(JSON.stringify(account))] } : {};
    const provider = make({
      type,
      ...(type !== "simulated" && { baseUrl: "https://h.example/v1", project: "p", location: "global" }),
      region: "eu-west-1",
      ...options,
    });
    expect(urlOf(provider)).toMatch(/^https?:\/\//);
    provider.close?.();
  }
});

describe("a simulated provider", () => {
  test.each(DIALECTS.map((dialect) => [dialect.name] as const))("answers in %s until it is closed", async (dialect) => {
    const provider = make({ name: "sim", type: "simulated", keys: [key("k1")], simulated: { dialect } });
    const spoken = provider.dialectFor("chat", "m")!;
    const send = async () => {
      const body = new TextEncoder().encode(
        JSON.stringify({
          ...spoken.formatRequest(REQUEST, { traits: provider.traits("m"), stream: false }).body,
          x: 1,
        }),
      );
      const url = urlOf(provider);
      const headers = headersOf(provider);
      const request = { url, headers, body, dialect: spoken, vendor: provider.type, stream: false };
      const result = await callUpstream({ ...request, signal: new AbortController().signal }, { ...deps, fetch });
      return "failure" in result ? result : (await result.pieces.next()).value!;
    };
    expect(Buffer.from(((await send()) as { bytes: Uint8Array }).bytes).toString()).toContain(
      "simulated answer from sim",
    );
    provider.close!();
    expect(await send()).toMatchObject({ failure: { class: "connection" } });
  });
});

function thrownBy(action: () => unknown): GatewayError {
  try {
    action();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

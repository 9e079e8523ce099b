import { describe, expect, test } from "bun:test";
import { describeBare, resolveBare } from "../../src/config/bare.ts";
import { loadConfig, resolveValue } from "../../src/config/load.ts";
import { isBuilt } from "../../src/config/unsupported.ts";
import { probeLocal } from "../../src/config/zero.ts";
import { nothingLocal, temporaryDirectory } from "./support.ts";

type Environment = Record<string, string>;

const from = (environment: Environment, settings: unknown = {}, fetch = nothingLocal as never) =>
  resolveValue(settings, { file: null, directory: "/", environment, fetch });

async function providersFrom(environment: Environment) {
  const { config, faults } = await from(environment);
  expect(faults).toEqual([]);
  return config!.providers.map(({ name, baseUrl, keys }) => ({
    name,
    baseUrl,
    secrets: keys.map(({ secret }) => secret),
  }));
}

async function targetsOf(environment: Environment, model: string, settings: unknown = {}, fetch?: never) {
  const { config } = await from(environment, settings, fetch);
  return resolveBare(config!.bareRoutes!, model)?.targets.map(({ target }) => target);
}

describe("providers from the environment", () => {
  test.each([
    ["OPENAI_API_KEY", "openai"],
    ["ANTHROPIC_API_KEY", "anthropic"],
    ["GROQ_API_KEY", "groq"],
    ["MISTRAL_API_KEY", "mistral"],
    ["DEEPSEEK_API_KEY", "deepseek"],
    ["XAI_API_KEY", "xai"],
    ["TOGETHER_API_KEY", "together"],
    ["FIREWORKS_API_KEY", "fireworks"],
    ["OPENROUTER_API_KEY", "openrouter"],
    ["PERPLEXITY_API_KEY", "perplexity"],
    ["CEREBRAS_API_KEY", "cerebras"],
    ["COHERE_API_KEY", "cohere"],
  ])("%s makes %s", async (variable, name) => {
    expect(await providersFrom({ [variable]: "sk-1" })).toEqual([{ name, baseUrl: null, secrets: ["sk-1"] }]);
  });

  test.each([
    ["GEMINI_API_KEY", "gemini"],
    ["GOOGLE_API_KEY", "gemini"],
  ])("%s makes %s, or a note that says it cannot yet", async (variable, type) => {
    const { config, notes } = await from({ [variable]: "k", OPENAI_API_KEY: "sk-1" });
    const made = config!.providers.some((provider) => provider.type === type);
    expect(made).toBe(isBuilt("providers.*.type", type));
    expect(notes.some((note) => note.startsWith(`${variable} is set, but `))).toBe(!made);
  });

  test("commas make a pool", async () => {
    expect(await providersFrom({ OPENAI_API_KEY: " sk-1, sk-2,,sk-3 " })).toEqual([
      { name: "openai", baseUrl: null, secrets: ["sk-1", "sk-2", "sk-3"] },
    ]);
  });

  test("an address variable wins over the vendor's own", async () => {
    const environment = { OPENAI_API_KEY: "sk-1", OPENAI_BASE_URL: "http://127.0.0.1:9/v1/" };
    expect(await providersFrom(environment)).toMatchObject([{ name: "openai", baseUrl: "http://127.0.0.1:9/v1" }]);
  });

  test.each(["GEMINI_BASE_URL", "GOOGLE_BASE_URL"])("%s is the address of Gemini", async (variable) => {
    expect(await providersFrom({ GOOGLE_API_KEY: "k", [variable]: "http://127.0.0.1:9" })).toMatchObject([
      { name: "gemini", baseUrl: "http://127.0.0.1:9" },
    ]);
  });

  test("the admin token is that of the environment where no file has one", async () => {
    const environment = { EVERGATE_ADMIN_TOKEN: "from-the-environment", OTHER: "from-the-file" };
    expect((await from(environment)).config!.server.adminToken).toBe("from-the-environment");
    const configured = await from(environment, { server: { adminToken: { env: "OTHER" } } });
    expect(configured.config!.server.adminToken).toBe("from-the-file");
    expect((await from({ EVERGATE_ADMIN_TOKEN: " " })).config!.server.adminToken).toBeNull();
    const short = { path: "EVERGATE_ADMIN_TOKEN", message: "has fewer than 8 characters" };
    const onLoopback = await from({ EVERGATE_ADMIN_TOKEN: "short" });
    expect([onLoopback.faults, onLoopback.warnings]).toEqual([[], [short]]);
    const beyond = await from({ EVERGATE_ADMIN_TOKEN: "short" }, { server: { host: "0.0.0.0" } });
    expect([beyond.faults, beyond.warnings]).toEqual([[short], []]);
  });

  test("a malformed address names its variable", async () => {
    const { config, faults } = await from({ OPENAI_API_KEY: "sk-1", OPENAI_BASE_URL: "x" });
    expect(config).toBeUndefined();
    expect(faults).toEqual([
      { path: "OPENAI_BASE_URL", message: "the environment variable must be an http or https address" },
    ]);
  });

  test.each([
    ["by default", {}, "http://localhost:4000/v1"],
    ["as configured", { server: { port: 5 } }, "http://127.0.0.1:5"],
  ])("the gateway's own address, %s, is not its upstream", async (_what, settings, address) => {
    const { config, notes } = await from({ OPENAI_API_KEY: "sk-1", OPENAI_BASE_URL: address }, settings);
    expect(config!.providers).toMatchObject([{ name: "openai", baseUrl: null }]);
    expect(notes).toContain("OPENAI_BASE_URL is this gateway's own address and is left out.");
  });

  const PAIR = { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret", AWS_REGION: "eu-west-1" };
  test.each<[Environment, object]>([
    [PAIR, { accessKeyId: "AKID", secretAccessKey: "secret" }],
    [
      { ...PAIR, AWS_SESSION_TOKEN: "t" },
      { accessKeyId: "AKID", secretAccessKey: "secret", sessionToken: "t" },
    ],
  ])("%o makes bedrock", async (environment, secret) => {
    const { config, notes } = await from(environment);
    expect(config!.providers).toMatchObject([
      { name: "bedrock", type: "bedrock", region: "eu-west-1", keys: [{ name: "key-1", secret }] },
    ]);
    expect(notes.join()).not.toContain("Bedrock");
  });
  test.each(["AWS_REGION", "AWS_SECRET_ACCESS_KEY"])(
    "without %s Bedrock is left out, and that is said",
    async (name) => {
      const { config, notes } = await from({ ...PAIR, [name]: "" });
      expect(config!.providers[0]?.type).toBe("simulated");
      expect(notes.join()).toContain(`${name} is not`);
    },
  );

  test("Azure needs its pair", async () => {
    const AZURE_OPENAI_ENDPOINT = "https://x.openai.azure.com/";
    expect(await providersFrom({ AZURE_OPENAI_API_KEY: "k", AZURE_OPENAI_ENDPOINT })).toEqual([
      { name: "azure-openai", baseUrl: "https://x.openai.azure.com", secrets: ["k"] },
    ]);
    const { config, notes } = await from({ AZURE_OPENAI_API_KEY: "k" });
    expect(config!.providers[0]?.type).toBe("simulated");
    expect(notes.join()).toContain("AZURE_OPENAI_ENDPOINT is not");
  });

  test.each([[{}], [{ OPENAI_API_KEY: "" }], [{ OPENAI_API_KEY: " , " }]])(
    "%p: simulated providers answer, and that is said",
    async (environment) => {
      const { config, notes } = await from(environment as Environment);
      expect(config!.providers.map(({ name, type }) => [name, type])).toEqual([
        ["simulated", "simulated"],
        ["simulated-b", "simulated"],
        ["simulated-c", "simulated"],
      ]);
      expect(notes.join()).toContain("simulated providers answer");
    },
  );

  test("a file without providers has those of the environment, one without models finds bare names", async () => {
    const models = { smart: ["openai/gpt-4o"] };
    expect((await from({ OPENAI_API_KEY: "sk-1" }, { models })).config).toMatchObject({
      providers: [{ name: "openai" }],
      models: [{ name: "smart" }],
      bareRoutes: null,
    });
    const providers = { mine: { type: "anthropic", keys: ["a-literal"] } };
    expect(await targetsOf({ OPENAI_API_KEY: "sk-1" }, "claude-sonnet-4-5", { providers })).toEqual([
      "mine/claude-sonnet-4-5",
    ]);
  });
});

describe("a local Ollama", () => {
  const answering = (body: string) =>
    (async (url: string) => {
      expect(url).toBe("http://127.0.0.1:11434/api/tags");
      return new Response(body);
    }) as never;
  const tags = answering(
    JSON.stringify({ models: [{ name: "llama3.2:latest" }, { name: "qwen3:8b" }, { name: "bad name" }] }),
  );

  test("is a provider, and its models are found by name", async () => {
    const { config } = await from({}, {}, tags);
    expect(config!.providers).toMatchObject([
      { name: "ollama", type: "ollama", baseUrl: "http://127.0.0.1:11434", keys: [] },
    ]);
    expect(config!.bareRoutes!.listed).toEqual(["llama3.2:latest", "qwen3:8b"]);
    expect(await targetsOf({}, "llama3.2", {}, tags)).toEqual(["ollama/llama3.2:latest"]);
    expect(await targetsOf({}, "gpt-4o", {}, tags)).toBeUndefined();
  });

  test.each([["no JSON"], ["{}"], ["null"]])("an answer of %p is none", async (body) => {
    expect(await probeLocal(answering(body), {})).toEqual({ ollamaModels: null });
  });

  test("is not asked for where the file declares providers", async () => {
    const asked = (() => {
      throw new Error("asked");
    }) as never;
    const providers = { mine: { type: "anthropic", keys: ["a-literal"] } };
    expect((await from({}, { providers }, asked)).faults).toEqual([]);
  });
});

describe("bare names", () => {
  const BOTH = { OPENAI_API_KEY: "sk-1", ANTHROPIC_API_KEY: "sk-2" };

  test.each<[Environment, string, string[] | undefined]>([
    [BOTH, "gpt-4o", ["openai/gpt-4o", "anthropic/claude-sonnet-4-5"]],
    [BOTH, "gpt-4o-mini-2024-07-18", ["openai/gpt-4o-mini-2024-07-18", "anthropic/claude-haiku-4-5"]],
    [BOTH, "o3", ["openai/o3", "anthropic/claude-opus-4-5"]],
    [BOTH, "claude-haiku-4-5", ["anthropic/claude-haiku-4-5", "openai/gpt-4o-mini"]],
    [BOTH, "text-embedding-3-small", ["openai/text-embedding-3-small"]],
    [BOTH, "gpt-4o-mini-tts", ["openai/gpt-4o-mini-tts"]],
    [BOTH, "deepseek-chat", undefined],
    [BOTH, "no-such-model", undefined],
    [{ ANTHROPIC_API_KEY: "k" }, "gpt-4o", undefined],
    [{ OPENROUTER_API_KEY: "k" }, "gpt-4o", ["openrouter/openai/gpt-4o"]],
    [{ OPENROUTER_API_KEY: "k" }, "meta-llama/llama-4", ["openrouter/meta-llama/llama-4"]],
    [{ ...BOTH, GROQ_API_KEY: "k" }, "gpt-oss-120b", ["groq/openai/gpt-oss-120b"]],
    [
      { ...BOTH, MISTRAL_API_KEY: "k" },
      "claude-sonnet-4-5",
      ["anthropic/claude-sonnet-4-5", "openai/gpt-4o", "mistral/mistral-large-latest"],
    ],
    [{ OPENAI_API_KEY: "k", OPENAI_BASE_URL: "http://127.0.0.1:9/v1" }, "whatever", ["openai/whatever"]],
    [{}, "gpt-4o", ["simulated/gpt-4o", "simulated-b/gpt-4o", "simulated-c/gpt-4o"]],
    [
      {},
      "claude-sonnet-4-5",
      ["simulated/claude-sonnet-4-5", "simulated-b/claude-sonnet-4-5", "simulated-c/claude-sonnet-4-5"],
    ],
    [{}, "no-such-model", undefined],
    [{}, "opnai/gpt-4o", undefined],
  ])("%p: %s goes to %p", async (environment, model, targets) => {
    expect(await targetsOf(environment, model)).toEqual(targets);
  });

  test("the map shows each listed name with where it goes", async () => {
    const { config } = await from(BOTH);
    expect(describeBare(config!.bareRoutes!)).toContain("gpt-4o → openai/gpt-4o, then anthropic/claude-sonnet-4-5");
    for (const name of config!.bareRoutes!.listed) expect(resolveBare(config!.bareRoutes!, name)).toBeDefined();
  });

  test("two providers of one type both serve its models, in their order", async () => {
    const openai = { type: "openai", keys: ["a-literal"] };
    expect(await targetsOf({}, "gpt-4o", { providers: { a: openai, b: openai } })).toEqual(["a/gpt-4o", "b/gpt-4o"]);
  });

  test("the name of a model is data, not a pattern", async () => {
    const providers = { local: { type: "openai-compatible", baseUrl: "http://127.0.0.1:9/v1" } };
    expect(await targetsOf({}, "$&*.x", { providers })).toEqual(["local/$&*.x"]);
  });
});

test("the repository's own example has no fault and leaves providers to the environment", async () => {
  using directory = temporaryDirectory();
  const file = `${import.meta.dir}/../../gateway.config.ts`;
  const { config, faults, warnings } = await loadConfig({
    file,
    directory: directory.path,
    environment: {},
    fetch: nothingLocal,
  });
  expect([...faults, ...warnings]).toEqual([]);
  expect(config!.providers[0]?.type).toBe("simulated");
});

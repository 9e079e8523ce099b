import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { redacted } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { resolveSettings } from "../../src/config/resolve.ts";
import { isBuilt, UNSUPPORTED, unsupportedFaults } from "../../src/config/unsupported.ts";
import { loadAs, nothingLocal, temporaryDirectory } from "./support.ts";

const ENVIRONMENT = { A: "sk-aaaa", B: "sk-bbbb", POOL: "sk-1, sk-2,", CI: "a-virtual-key", TOKEN: "admin-token" };
const context = (more = {}) => ({
  file: null,
  directory: "/work-dir",
  environment: ENVIRONMENT,
  local: { ollamaModels: null },
  ...more,
});

function resolved(settings: unknown, more = {}) {
  const { config, faults } = resolveSettings(settings, context(more));
  expect(faults).toEqual([]);
  return config!;
}

const openai = { type: "openai", keys: [{ env: "A" }] };

describe("defaults", () => {
  test("are those of the reference", () => {
    const config = resolved({});
    expect(config.server).toEqual({
      host: "127.0.0.1",
      port: 4000,
      drainMs: 30_000,
      adminToken: null,
      maxBodyBytes: 33_554_432,
      maxQueueMs: 10_000,
      publicUrl: null,
      tls: null,
      trustedProxies: [],
      corsOrigins: [],
      allowPrivateNetwork: false,
    });
    expect(config.store.path).toBe("/work-dir/evergate-data");
    expect(config.resilience).toEqual({
      timeouts: { connectMs: 5_000, idleMs: 20_000, totalMs: 600_000 },
      retries: { perTarget: 2, waitForRetryAfterMs: 3_000, maxAttempts: 12 },
      fallbackOn: [],
      breaker: { consecutiveFailures: 5, failurePercent: 20, windowMs: 30_000, openMs: 5_000, maxOpenMs: 300_000 },
      hedge: null,
      continuation: isBuilt("resilience.continuation", "resume") ? "resume" : "off",
    });
    expect(config.access).toMatchObject({ require: "none", keys: [] });
    expect(config.telemetry).toEqual({
      metrics: { public: false, token: null },
      otlp: null,
      log: { keepDays: 30 },
      content: { store: "off", keepDays: 7 },
    });
  });

  test("one setting changed leaves the others", () => {
    const { resilience } = resolved({ resilience: { timeouts: { firstTokenMs: 7 }, retries: { perTarget: 0 } } });
    expect(resilience.timeouts).toEqual({ connectMs: 5_000, firstTokenMs: 7, idleMs: 20_000, totalMs: 600_000 });
    expect(resilience.retries).toEqual({ perTarget: 0, waitForRetryAfterMs: 3_000, maxAttempts: 12 });
  });

  test("a first rest over the longest by default is not cut", () => {
    expect(resolved({ resilience: { breaker: { openMs: 400_000 } } }).resilience.breaker.maxOpenMs).toBe(400_000);
  });
});

describe("short forms are written out", () => {
  test("keys", () => {
    const { providers } = resolved({
      providers: {
        openai: {
          type: "openai",
          baseUrl: "https://x/v1/",
          keys: [
            { env: "A" },
            "literal-key",
            { secret: { env: "B" }, name: "b", weight: 2, models: ["gpt-4o*"] },
            { env: "POOL[1]" },
          ],
        },
      },
    });
    expect(providers).toEqual([
      {
        name: "openai",
        type: "openai",
        baseUrl: "https://x/v1",
        keys: [
          { name: "key-1", secret: "sk-aaaa", weight: 1 },
          { name: "key-2", secret: "literal-key", weight: 1 },
          { name: "b", secret: "sk-bbbb", weight: 2, models: ["gpt-4o*"] },
          { name: "key-4", secret: "sk-2", weight: 1 },
        ],
        headers: {},
        forwardHeaders: [],
        timeouts: {},
      },
    ]);
  });

  test("azure and headers", () => {
    const azure = {
      type: "azure-openai",
      baseUrl: "https://x.openai.azure.com",
      keys: [{ env: "A" }],
      deployments: { "gpt-4o": "mine" },
      headers: { "X-Team": "search", "X-Auth": { env: "B" } },
      forwardHeaders: ["X-Trace"],
    };
    expect(resolved({ providers: { azure } }).providers[0]).toMatchObject({
      apiVersion: "2025-04-01-preview",
      deployments: { "gpt-4o": "mine" },
      headers: { "x-team": "search", "x-auth": "sk-bbbb" },
      forwardHeaders: ["x-trace"],
    });
  });

  test("models", () => {
    const { models, bareRoutes } = resolved({
      providers: { openai },
      models: {
        a: ["openai/gpt-4o", "openai/ft:x/y"],
        b: {
          strategy: "weighted",
          targets: ["openai/c", { target: "openai/d", weight: 3 }],
          fallbacks: ["a"],
          timeouts: { idleMs: 9 },
          contextTokens: 1_000,
          continuation: "off",
        },
      },
    });
    expect(bareRoutes).toBeNull();
    expect(models).toMatchObject([
      {
        name: "a",
        strategy: "fallback",
        fallbacks: [],
        affinity: "prompt",
        targets: [
          { target: "openai/gpt-4o", provider: "openai", model: "gpt-4o", weight: 1 },
          { target: "openai/ft:x/y", provider: "openai", model: "ft:x/y", weight: 1 },
        ],
      },
      {
        name: "b",
        strategy: "weighted",
        targets: [
          { model: "c", weight: 1 },
          { model: "d", weight: 3 },
        ],
        fallbacks: ["a"],
        timeouts: { idleMs: 9 },
        contextTokens: 1_000,
        continuation: "off",
      },
    ]);
  });

  test("a model says how its streams go on only where its setting does; else the global one holds", () => {
    const models = { a: ["openai/m"], b: { targets: ["openai/m"], continuation: "resume" as const } };
    const { models: made, resilience } = resolved({
      providers: { openai },
      models,
      resilience: { continuation: "off" },
    });
    expect([resilience.continuation, ...made.map(({ continuation }) => continuation)]).toEqual([
      "off",
      undefined,
      "resume",
    ]);
    expect(resolved({ providers: { openai } }).resilience.continuation).toBe("resume");
  });

  test("access and prices", () => {
    const { access, pricing } = resolved({
      providers: { openai },
      access: {
        keys: {
          ci: {
            secret: { env: "CI" },
            models: ["openai/*"],
            expires: "2027-01-31",
            ips: ["10.0.0.0/8"],
            disabled: true,
          },
        },
      },
      pricing: { "openai/x": { inputPerMillionUsd: 0.0375, outputPerMillionUsd: 15, perRequestUsd: 0.000000001 } },
    });
    expect(access.require).toBe("key");
    expect(access.keys).toMatchObject([
      {
        name: "ci",
        secret: "a-virtual-key",
        models: ["openai/*"],
        providers: null,
        expiresMs: Date.UTC(2027, 0, 31),
        ips: ["10.0.0.0/8"],
        disabled: true,
        team: null,
      },
    ]);
    expect(pricing["openai/x"]).toEqual({
      inputPerMillionNanoUsd: 37_500_000,
      outputPerMillionNanoUsd: 15_000_000_000,
      perRequestNanoUsd: 1,
    });
  });
});

test("what a condition left undefined says nothing, a function is a fault", () => {
  const settings = { server: { port: undefined }, cache: undefined, providers: { openai, other: undefined } };
  const config = resolved(settings);
  expect(config.server.port).toBe(4000);
  expect(config.providers.map(({ name }) => name)).toEqual(["openai"]);
  const { faults } = resolveSettings({ server: { port: () => 1 } }, context());
  expect(faults).toMatchObject([{ path: "server.port", message: expect.stringContaining("is a function") }]);
});

test("what the command line says wins", () => {
  const overrides = { host: "0.0.0.0", port: 0, dataPath: "data" };
  const config = resolved({ server: { port: 5 }, store: { path: "elsewhere" } }, { overrides });
  expect(config).toMatchObject({ server: { host: "0.0.0.0", port: 0 }, store: { path: "/work-dir/data" } });
});

test("a data directory and a secret file in a file are relative to it", async () => {
  using directory = temporaryDirectory();
  directory.write("token", "from a file\r\n");
  directory.write("it.json", '{ "store": { "path": "data" }, "server": { "adminToken": { "file": "token" } } }');
  const file = join(directory.path, "it.json");
  const { config } = await loadConfig({ file, directory: "/", environment: {}, fetch: nothingLocal });
  expect(config?.store.path).toBe(join(directory.path, "data"));
  expect(config?.server.adminToken).toBe("from a file");
});

test("the configuration in force cannot be changed", () => {
  const config = resolved({ providers: { openai } });
  expect(() => Object.assign(config.server, { port: 1 })).toThrow(TypeError);
  expect(() => Object.assign(config.providers[0]!.keys[0]!, { secret: "x" })).toThrow(TypeError);
});

test("no secret is in what is shown, and each is named by its source", async () => {
  using directory = temporaryDirectory();
  const path = directory.write("canary", "canary-file");
  const settings = {
    server: { adminToken: { env: "T" } },
    providers: {
      openai: {
        type: "openai",
        keys: ["canary-literal", { secret: { file: path }, name: "b" }],
        headers: { "x-a": "canary-header" },
      },
    },
    access: { keys: { ci: { secret: "canary-virtual-key" } } },
    telemetry: { metrics: { token: "canary-metrics" } },
  };
  const { config, warnings } = await loadAs("json", settings, { T: "canary-env" });
  const shown = redacted(config!);
  expect(JSON.stringify([shown, warnings])).not.toContain("canary-e");
  expect(JSON.stringify([shown, warnings]).replaceAll(path, "")).not.toContain("canary");
  expect(shown).toMatchObject({
    server: { adminToken: "env:T", port: 4000 },
    providers: { openai: { keys: ["literal", { secret: `file:${path}`, name: "b" }], headers: { "x-a": "literal" } } },
    access: { require: "key", keys: { ci: { secret: "literal" } } },
    resilience: { retries: { maxAttempts: 12 } },
    telemetry: { metrics: { public: false, token: "literal" } },
  });
});

test("a literal secret is a warning with its place, an ordinary header is not", async () => {
  const settings = { providers: { openai: { type: "openai", keys: ["sk-literal"], headers: { "x-team": "search" } } } };
  const { config, warnings } = await loadAs("yaml", settings);
  expect(config).toBeDefined();
  expect(warnings).toMatchObject([
    {
      path: "providers.openai.keys[0]",
      file: "gateway.config.yaml",
      message: expect.stringContaining("literal secret"),
    },
  ]);
});

describe("what this version does not act on", () => {
  const settings: Record<string, unknown> = {
    "server.tls": { server: { tls: { cert: "c", key: "k" } } },
    "store.postgres": { store: { postgres: "p" } },
    cache: { cache: {} },
    "access.budgets": { access: { budgets: [] } },
    "access.teams": { access: { teams: {} } },
    "telemetry.otlp": { telemetry: { otlp: { endpoint: "http://x" } } },
  };
  const rows = UNSUPPORTED.filter(({ path }) => path in settings);

  test.each(rows.map(({ path }) => path))("%s is a fault", (path) => {
    const { config, faults } = resolveSettings(settings[path], context());
    expect(config).toBeUndefined();
    expect(faults).toContainEqual({ path, message: expect.stringMatching(/^not in this version: /) });
  });

  test.each(["off", "fallback", "weighted", "round-robin"])("%s is always there", (value) => {
    expect(unsupportedFaults({ models: { m: { strategy: value, continuation: value, affinity: value } } })).toEqual([]);
    expect(unsupportedFaults({ resilience: { continuation: value } })).toEqual([]);
  });
});

/** Schema of providers, models, resilience and cache. Meanings, units and defaults: settings-routing.ts. */
import { type TProperties, Type } from "@sinclair/typebox";
import { BUDGET } from "./schema-access.ts";
import {
  bytes,
  choice,
  count,
  durationMs,
  MAYBE_SECRET,
  namedBy,
  SECRET,
  section,
  text,
  WEIGHT,
} from "./schema-parts.ts";

/** A day: nothing that a gateway waits for takes longer. */
const MAX_TIMEOUT_MS = 86_400_000;
const YEAR_MS = 31_536_000_000;

export const TIMEOUTS = section({
  connectMs: durationMs(1, MAX_TIMEOUT_MS),
  firstTokenMs: durationMs(1, MAX_TIMEOUT_MS),
  responseMs: durationMs(1, MAX_TIMEOUT_MS),
  idleMs: durationMs(1, MAX_TIMEOUT_MS),
  totalMs: durationMs(1, MAX_TIMEOUT_MS),
});

const KEY_OPTIONS = {
  name: Type.Optional(text("name")),
  weight: Type.Optional(WEIGHT),
  models: Type.Optional(Type.Array(text(), { minItems: 1 })),
};

const KEY = Type.Union(
  [
    SECRET,
    Type.Object({ secret: SECRET, ...KEY_OPTIONS }, { additionalProperties: false }),
    Type.Object(
      { accessKeyId: SECRET, secretAccessKey: SECRET, sessionToken: Type.Optional(SECRET), ...KEY_OPTIONS },
      { additionalProperties: false },
    ),
  ],
  { expected: "a key: a secret, or an object with secret, name, weight and models" },
);

const PROVIDER_BASE = {
  keys: Type.Optional(Type.Array(KEY, { minItems: 1 })),
  headers: Type.Optional(namedBy("header-name", MAYBE_SECRET)),
  forwardHeaders: Type.Optional(Type.Array(text("header-name"))),
  timeouts: Type.Optional(TIMEOUTS),
};

const provider = <T extends TProperties>(properties: T) =>
  Type.Object({ ...properties, ...PROVIDER_BASE }, { additionalProperties: false });

const BASE_URL = text("base-url");

const VENDOR = choice(
  "openai",
  "anthropic",
  "gemini",
  "groq",
  "mistral",
  "cohere",
  "deepseek",
  "xai",
  "together",
  "fireworks",
  "openrouter",
  "perplexity",
  "cerebras",
  "nvidia",
  "sambanova",
  "deepinfra",
  "huggingface",
  "ollama",
  "vllm",
  "simulated",
);

export const PROVIDERS = namedBy(
  "provider-name",
  Type.Union(
    [
      provider({ type: VENDOR, baseUrl: Type.Optional(BASE_URL) }),
      provider({ type: Type.Literal("openai-compatible"), baseUrl: BASE_URL }),
      provider({
        type: Type.Literal("azure-openai"),
        baseUrl: BASE_URL,
        apiVersion: Type.Optional(text()),
        deployments: Type.Optional(namedBy("text", text())),
      }),
      provider({ type: Type.Literal("bedrock"), region: text("name"), baseUrl: Type.Optional(BASE_URL) }),
      provider({
        type: Type.Literal("vertex"),
        project: text("name"),
        location: text("name"),
        baseUrl: Type.Optional(BASE_URL),
      }),
    ],
    { discriminator: "type", expected: "a provider: an object with a type" },
  ),
);

const TARGET = Type.Union(
  [
    text("target-name"),
    Type.Object({ target: text("target-name"), weight: Type.Optional(WEIGHT) }, { additionalProperties: false }),
  ],
  { expected: 'a target: "provider/model", or an object with target and weight' },
);

export const CACHE = section({
  exact: section({ ttlMs: durationMs(1, YEAR_MS), maxBytes: bytes(1, 1_099_511_627_776) }),
  semantic: section({
    mode: choice("off", "shadow", "verified", "on"),
    maxWrongPercent: Type.Number({ exclusiveMinimum: 0, maximum: 100 }),
    judge: Type.Object(
      {
        model: text(),
        timeoutMs: Type.Optional(durationMs(1, 600_000)),
        budgets: Type.Optional(Type.Array(BUDGET)),
      },
      { additionalProperties: false },
    ),
    maxTemperature: Type.Number({ minimum: 0, maximum: 2 }),
    ttlMs: durationMs(1, YEAR_MS),
    maxEntries: count(1, 100_000_000),
  }),
  scope: choice("key", "team", "customer"),
});

const CONTINUATION = choice("off", "resume");

export const ROUTE = Type.Object(
  {
    strategy: Type.Optional(choice("fallback", "weighted", "round-robin", "latency", "cost", "least-busy")),
    targets: Type.Array(TARGET, { minItems: 1 }),
    fallbacks: Type.Optional(Type.Array(text())),
    timeouts: Type.Optional(TIMEOUTS),
    affinity: Type.Optional(choice("prompt", "session", "off")),
    continuation: Type.Optional(CONTINUATION),
    contextTokens: Type.Optional(count(1, 100_000_000)),
    cache: Type.Optional(Type.Union([Type.Literal(false), CACHE], { expected: "false or cache settings" })),
  },
  { additionalProperties: false },
);

export const MODELS = namedBy(
  "model-name",
  Type.Union([Type.Array(text("target-name"), { minItems: 1 }), ROUTE], {
    expected: "a list of targets, or an object with targets",
  }),
);

export const RESILIENCE = section({
  timeouts: TIMEOUTS,
  retries: section({
    perTarget: count(0, 10),
    waitForRetryAfterMs: durationMs(0, 600_000),
    maxAttempts: count(1, 100),
  }),
  fallbackOn: Type.Array(Type.Literal("content_filter")),
  breaker: section({
    consecutiveFailures: count(1, 1_000),
    failurePercent: Type.Number({ minimum: 1, maximum: 100 }),
    windowMs: durationMs(100, 3_600_000),
    openMs: durationMs(1, 3_600_000),
    maxOpenMs: durationMs(1, MAX_TIMEOUT_MS),
  }),
  hedge: section({
    afterMs: Type.Union([durationMs(1, 600_000), Type.Literal("p95")], { expected: 'milliseconds or "p95"' }),
    budgetPercent: Type.Number({ exclusiveMinimum: 0, maximum: 100 }),
  }),
  continuation: CONTINUATION,
});

/**
 * The settings as a TypeBox schema: what a file may say, checked when it is loaded. The compiler checks the same for
 * TypeScript files by settings.ts; test/config/define.test.ts holds the two together.
 */
import { type Static, Type } from "@sinclair/typebox";
import { ACCESS } from "./schema-access.ts";
import { ALERTS, EVALS, TELEMETRY } from "./schema-observe.ts";
import { bytes, days, durationMs, FLAG, namedBy, SECRET, section, text, usd } from "./schema-parts.ts";
import { CACHE, MODELS, PROVIDERS, RESILIENCE } from "./schema-routing.ts";
import { SSO } from "./schema-sso.ts";

const SERVER = section({
  host: text(),
  port: Type.Integer({ minimum: 0, maximum: 65_535 }),
  drainMs: durationMs(0, 3_600_000),
  adminToken: SECRET,
  maxBodyBytes: bytes(1, 1_073_741_824),
  maxQueueMs: durationMs(0, 600_000),
  publicUrl: text("http-url"),
  tls: Type.Object({ cert: SECRET, key: SECRET }, { additionalProperties: false }),
  trustedProxies: Type.Array(text("address-range")),
  corsOrigins: Type.Array(text("origin")),
  allowPrivateNetwork: FLAG,
});

const SECRETS = section({ refreshMs: durationMs(1_000, 86_400_000) });

const STORE = section({ path: text(), postgres: SECRET, redis: SECRET });

const MAX_PRICE_USD = 1_000_000;

const PRICE = Type.Object(
  {
    inputPerMillionUsd: usd(0, MAX_PRICE_USD),
    outputPerMillionUsd: usd(0, MAX_PRICE_USD),
    cacheReadPerMillionUsd: Type.Optional(usd(0, MAX_PRICE_USD)),
    cacheWritePerMillionUsd: Type.Optional(usd(0, MAX_PRICE_USD)),
    reasoningPerMillionUsd: Type.Optional(usd(0, MAX_PRICE_USD)),
    perRequestUsd: Type.Optional(usd(0, MAX_PRICE_USD)),
  },
  { additionalProperties: false },
);

const MEDIA = section({ fetch: FLAG, maxBytes: bytes(1, 1_073_741_824), timeoutMs: durationMs(1, 600_000) });

export const SETTINGS = section({
  server: SERVER,
  store: STORE,
  secrets: SECRETS,
  providers: PROVIDERS,
  models: MODELS,
  resilience: RESILIENCE,
  cache: CACHE,
  access: ACCESS,
  sso: SSO,
  telemetry: TELEMETRY,
  alerts: ALERTS,
  evals: EVALS,
  pricing: namedBy("target-name", PRICE),
  responses: section({ keepDays: days() }),
  media: MEDIA,
});

/** Settings that passed the schema. */
export type CheckedSettings = Static<typeof SETTINGS>;

/** Values in force where a file says nothing. Each is stated beside its setting in settings*.ts. */
import { isBuilt } from "./unsupported.ts";

export const SERVER_DEFAULTS = {
  host: "127.0.0.1",
  port: 4_000,
  drainMs: 30_000,
  maxBodyBytes: 33_554_432,
  maxQueueMs: 10_000,
  trustedProxies: [],
  corsOrigins: [],
  allowPrivateNetwork: false,
} as const;

/** 5 minutes. */
export const SECRETS_DEFAULTS = { refreshMs: 300_000 } as const;

/** In the working directory. */
export const STORE_PATH = "./evergate-data";

/** Without `firstTokenMs` and `responseMs`: they depend on whether a fallback exists. */
export const TIMEOUT_DEFAULTS = { connectMs: 5_000, idleMs: 20_000, totalMs: 600_000 } as const;

export const RETRY_DEFAULTS = { perTarget: 2, waitForRetryAfterMs: 3_000, maxAttempts: 12 } as const;

/** 5 in a row, or under 80 % success over 30 s; rests of 5 s growing to 5 minutes. */
export const BREAKER_DEFAULTS = {
  consecutiveFailures: 5,
  failurePercent: 20,
  windowMs: 30_000,
  openMs: 5_000,
  maxOpenMs: 300_000,
} as const;

export const HEDGE_DEFAULTS = { afterMs: "p95", budgetPercent: 3 } as const;

export const CONTINUATION_DEFAULT = isBuilt("resilience.continuation", "resume") ? "resume" : "off";

export const AFFINITY_DEFAULT = isBuilt("models.*.affinity", "prompt") ? "prompt" : "off";

export const AZURE_API_VERSION = "2025-04-01-preview";

export const CACHE_DEFAULTS = {
  scope: "key",
  exact: { ttlMs: 3_600_000, maxBytes: 268_435_456 },
  mode: "shadow",
  semantic: { maxWrongPercent: 1, maxTemperature: 1, ttlMs: 3_600_000, maxEntries: 100_000 },
  judgeTimeoutMs: 3_000,
} as const;

export const LOG_KEEP_DAYS = 30;

export const RESPONSES_KEEP_DAYS = 30;

export const CONTENT_DEFAULTS = { store: "off", keepDays: 7 } as const;

export const MEDIA_DEFAULTS = { fetch: true, maxBytes: 20_971_520, timeoutMs: 10_000 } as const;

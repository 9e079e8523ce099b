/**
 * The configuration in force: defaults applied, short forms written out, secrets read. A frozen value of plain data,
 * replaced whole by a reload. Durations are milliseconds, sizes bytes, money integer nano-USD.
 */
import type { CacheOptions, JudgeOptions, SemanticOptions } from "../cache/settings.ts";
import type { JsonObject } from "../canonical/chat.ts";
import type { ProviderKey, Timeouts } from "../providers/provider.ts";
import type { AlertOptions } from "../telemetry/alerts/alerts.ts";
import type { EvalRule } from "../telemetry/evals/evals.ts";
import type { Local } from "./zero.ts";

export interface Config {
  /** Where it came from: the file's absolute path, or null without one. */
  readonly file: string | null;
  readonly server: ServerConfig;
  readonly store: { readonly path: string };
  /** How often secrets of secrets managers are read again. */
  readonly secrets: { readonly refreshMs: number };
  /** In the order of declaration. */
  readonly providers: readonly ProviderConfig[];
  /** Public models in the order of declaration. Empty where bare names are found by `bareRoutes`. */
  readonly models: readonly ModelConfig[];
  /** How bare model names find their targets; null where a `models` block says all there is. */
  readonly bareRoutes: BareRoutes | null;
  /** Whether the providers are simulated ones, until there is a real one. */
  readonly standIns: boolean;
  /** What zero configuration found on this machine. */
  readonly local: Local;
  readonly resilience: ResilienceConfig;
  /** Of models without settings of their own; null: nothing is cached. */
  readonly cache: CacheConfig | null;
  readonly access: AccessConfig;
  /** By `provider/model`. */
  readonly pricing: Readonly<Record<string, PriceConfig>>;
  /** Media that a client names by URL and a target takes as bytes alone. */
  readonly media: { readonly fetch: boolean; readonly maxBytes: number; readonly timeoutMs: number };
  readonly sso: SsoConfig;
  readonly alerts: AlertConfig;
  readonly evals: readonly EvalConfig[];
  readonly telemetry: {
    readonly metrics: { readonly public: boolean; readonly token: string | null };
    /** Null: no traces. */
    readonly otlp: {
      readonly endpoint: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly sample: number;
    } | null;
    readonly log: { readonly keepDays: number };
    readonly content: { readonly store: "off" | "redacted" | "full"; readonly keepDays: number };
  };
  /** How long responses are stored for `previous_response_id`. */
  readonly responses: { readonly keepDays: number };
  /** The settings in force in the file's own form, without any secret. See `redacted`. */
  readonly effective: JsonObject;
}

export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly drainMs: number;
  readonly adminToken: string | null;
  /** PEM texts; null: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly maxBodyBytes: number;
  readonly maxQueueMs: number;
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly allowPrivateNetwork: boolean;
}

export interface ProviderConfig {
  readonly name: string;
  /** Made by API: the addresses behind its name are judged at every connection. Absent: the file's. */
  readonly origin?: "api";
  /** A `type` of `VENDORS`. */
  readonly type: string;
  /** Without a trailing slash; null: the vendor's own. */
  readonly baseUrl: string | null;
  /** Empty where the endpoint needs none. */
  readonly keys: readonly ProviderKey[];
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Lower-case names. */
  readonly forwardHeaders: readonly string[];
  readonly timeouts: Partial<Timeouts>;
  /** azure-openai. */
  readonly apiVersion?: string;
  readonly deployments?: Readonly<Record<string, string>>;
  /** bedrock. */
  readonly region?: string;
  /** vertex. */
  readonly project?: string;
  readonly location?: string;
}

export type Strategy = "fallback" | "weighted" | "round-robin" | "latency" | "cost" | "least-busy";

export interface ModelTarget {
  /** `provider/model`. */
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  readonly weight: number;
}

export interface ModelConfig {
  readonly name: string;
  readonly strategy: Strategy;
  readonly targets: readonly ModelTarget[];
  /** Names of public models, tried after the targets. */
  readonly fallbacks: readonly string[];
  readonly timeouts: Partial<Timeouts>;
  readonly affinity: "prompt" | "session" | "off";
  /** Absent: as `resilience.continuation`. */
  readonly continuation?: "off" | "resume";
  /** Absent: the price list knows, or nobody does. */
  readonly contextTokens?: number;
  /** Null: never cached. Absent: as the common settings say. */
  readonly cache?: CacheConfig | null;
}

export interface CacheConfig extends CacheOptions {
  readonly semantic: SemanticConfig | null;
}

export interface SemanticConfig extends SemanticOptions {
  readonly judge: (JudgeOptions & { readonly budgets: readonly BudgetConfig[] }) | null;
}

export interface BareRoutes {
  /** The first rule whose pattern matches the whole name decides. */
  readonly rules: readonly BareRule[];
  /** Names worth showing to clients (`GET /v1/models`) and to people who mistyped one. */
  readonly listed: readonly string[];
}

export interface BareRule {
  /** `*` stands for any text. */
  readonly pattern: string;
  /** In the order in which they are tried: those that serve the model, then equivalents. */
  readonly targets: readonly {
    readonly provider: string;
    /** `*` stands for the name as the client sent it. */
    readonly model: string;
  }[];
}

export interface ResilienceConfig {
  /** `firstTokenMs` and `responseMs` are absent unless set: their defaults depend on whether a fallback exists. */
  readonly timeouts: Pick<Timeouts, "connectMs" | "idleMs" | "totalMs"> & Partial<Timeouts>;
  readonly retries: { readonly perTarget: number; readonly waitForRetryAfterMs: number; readonly maxAttempts: number };
  readonly fallbackOn: readonly "content_filter"[];
  readonly breaker: {
    readonly consecutiveFailures: number;
    readonly failurePercent: number;
    readonly windowMs: number;
    readonly openMs: number;
    readonly maxOpenMs: number;
  };
  readonly hedge: { readonly afterMs: number | "p95"; readonly budgetPercent: number } | null;
  readonly continuation: "off" | "resume";
}

export interface AccessConfig {
  /** By the file alone: see `layerAccess` for what is in force. */
  readonly require: "key" | "none";
  /** Whether the file says so, or it is the default. */
  readonly requireIsWritten: boolean;
  readonly budgets: readonly BudgetConfig[];
  readonly limits: LimitConfig;
  readonly customers: readonly (AccessLevelConfig & { readonly name: string })[];
  readonly teams: readonly (AccessLevelConfig & { readonly name: string; readonly customer: string | null })[];
  readonly keys: readonly VirtualKeyConfig[];
}

export interface AccessLevelConfig {
  readonly budgets: readonly BudgetConfig[];
  readonly limits: LimitConfig;
  readonly perUser: { readonly budgets: readonly BudgetConfig[]; readonly limits: LimitConfig };
  /** Null: all. */
  readonly models: readonly string[] | null;
  /** Null: all. */
  readonly providers: readonly string[] | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Epoch milliseconds; null: never. */
  readonly expiresMs: number | null;
  /** Null: any. */
  readonly ips: readonly string[] | null;
  readonly disabled: boolean;
}

export interface VirtualKeyConfig extends AccessLevelConfig {
  readonly name: string;
  readonly secret: string;
  readonly team: string | null;
  readonly customer: string | null;
}

export interface BudgetConfig {
  readonly limitNanoUsd: number;
  readonly per: "minute" | "hour" | "day" | "week" | "month" | "quarter" | "year" | "total";
  readonly model: string | null;
  readonly provider: string | null;
  readonly rolling: boolean;
}

export interface LimitConfig {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly requestsPerDay?: number;
  readonly maxConcurrent?: number;
}

/** Null: nobody signs in that way. Domains, mail addresses and GitHub's names are in lower case; null: all of them. */
export interface SsoConfig {
  readonly google: GoogleConfig | null;
  readonly github: GithubConfig | null;
  readonly oidc: OidcConfig | null;
  /** The first that fits decides. */
  readonly roles: readonly RoleRule[];
}

export interface GoogleConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly domains: readonly string[] | null;
}

export interface GithubConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly organizations: readonly string[] | null;
  readonly teams: readonly string[] | null;
  /** Without a trailing slash, both. */
  readonly baseUrl: string;
  readonly apiUrl: string;
}

export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly label: string;
  readonly domains: readonly string[] | null;
  readonly scopes: readonly string[];
  readonly groupsClaim: string;
  readonly trustMail: boolean;
}

export interface RoleRule {
  readonly provider?: "google" | "github" | "oidc";
  readonly mail?: string;
  readonly domain?: string;
  readonly group?: string;
  readonly organization?: string;
  readonly githubTeam?: string;
  readonly role: "admin" | "viewer" | "team";
  readonly team: string | null;
}

/** Without the address for people, which is `server.publicUrl`. */
export type AlertConfig = Omit<AlertOptions, "link">;

export interface EvalConfig extends EvalRule {
  readonly budgets: readonly BudgetConfig[];
}

/** Nano-USD a million tokens, so that every price with nine decimal places is exact. Absent: not stated. */
export interface PriceConfig {
  readonly inputPerMillionNanoUsd: number;
  readonly outputPerMillionNanoUsd: number;
  readonly cacheReadPerMillionNanoUsd?: number;
  readonly cacheWritePerMillionNanoUsd?: number;
  readonly reasoningPerMillionNanoUsd?: number;
  readonly perRequestNanoUsd?: number;
}

/** For `GET /admin/config`: the settings in force; a secret is `env:NAME`, `file:PATH`, `vault:NAME` … or `literal`. */
export function redacted(config: Config): JsonObject {
  return config.effective;
}

/** Settings of providers, models, resilience and cache. Types only: see settings.ts. */

import type { Secret } from "./settings.ts";
import type { BudgetSettings } from "./settings-access.ts";

/** Vendors with an address of their own. */
export type VendorType =
  | "openai"
  | "anthropic"
  | "gemini"
  | "groq"
  | "mistral"
  | "cohere"
  | "deepseek"
  | "xai"
  | "together"
  | "fireworks"
  | "openrouter"
  | "perplexity"
  | "cerebras"
  | "nvidia"
  | "sambanova"
  | "deepinfra"
  | "huggingface"
  | "ollama"
  | "vllm"
  | "simulated";

export type ProviderSettings =
  | (ProviderBase & {
      readonly type: VendorType;
      /** In the form the vendor's SDK takes: with `/v1` for OpenAI-like types, the root for the others. Default: the vendor's. */
      readonly baseUrl?: string;
    })
  | (ProviderBase & {
      /** Any endpoint that speaks OpenAI's dialect. */
      readonly type: "openai-compatible";
      /** With `/v1`. */
      readonly baseUrl: string;
    })
  | (ProviderBase & {
      readonly type: "azure-openai";
      /** The resource's root, `https://NAME.openai.azure.com`. */
      readonly baseUrl: string;
      /** Default `2025-04-01-preview`. */
      readonly apiVersion?: string;
      /** Model name to deployment name. A model that is not listed is its own deployment. */
      readonly deployments?: { readonly [model: string]: string };
    })
  | (ProviderBase & {
      readonly type: "bedrock";
      /** AWS region, `eu-west-1`. */
      readonly region: string;
      readonly baseUrl?: string;
    })
  | (ProviderBase & {
      readonly type: "vertex";
      /** Google Cloud project id. */
      readonly project: string;
      /** `europe-west1`, `global` … */
      readonly location: string;
      readonly baseUrl?: string;
    });

export interface ProviderBase {
  /** The pool of credentials. Required where the vendor's own address is used. */
  readonly keys?: readonly [KeySettings, ...KeySettings[]];
  /** Sent with every request, over the gateway's own. Values may be secrets. */
  readonly headers?: { readonly [name: string]: Secret };
  /** Names of client headers that go upstream besides `anthropic-beta`, `anthropic-version`, `openai-beta`, `traceparent`. */
  readonly forwardHeaders?: readonly string[];
  /** Over the global ones, for this provider. */
  readonly timeouts?: TimeoutSettings;
}

export type KeySettings =
  | Secret
  | (KeyOptions & {
      readonly secret: Secret;
    })
  | (KeyOptions & {
      /** AWS credentials, for bedrock. */
      readonly accessKeyId: Secret;
      readonly secretAccessKey: Secret;
      readonly sessionToken?: Secret;
    });

export interface KeyOptions {
  /** Shown to operators; unique within the provider. Default `key-1`, `key-2` … by position. */
  readonly name?: string;
  /** Share of the traffic relative to the pool's other keys: over 0, to 1,000,000. Default 1. */
  readonly weight?: number;
  /** Models this key may serve, `*` matches anything. Default all. */
  readonly models?: readonly [string, ...string[]];
}

/** All in milliseconds, 1 to 86,400,000. */
export interface TimeoutSettings {
  /** To connect. Default 5,000. */
  readonly connectMs?: number;
  /** Streams: to the first content. Default 10,000 where a fallback exists, else 120,000; reasoning models 120,000. */
  readonly firstTokenMs?: number;
  /** Without a stream: to the whole answer. Default 120,000 where a fallback exists, else `totalMs`. */
  readonly responseMs?: number;
  /** Silence in a stream after its first content. Default 20,000. */
  readonly idleMs?: number;
  /** The whole call with all keys, retries, targets and continuations. Default 600,000. */
  readonly totalMs?: number;
}

/** Short form: targets in the order in which they are tried. */
export type ModelSettings<P extends string = string, M extends string = string> =
  | readonly [TargetName<NoInfer<P>>, ...TargetName<NoInfer<P>>[]]
  | ModelRouteSettings<P, M>;

/** `provider/model`, of a declared provider. */
export type TargetName<P extends string> = `${P}/${string}`;

export type TargetSettings<P extends string> =
  | TargetName<P>
  | {
      readonly target: TargetName<P>;
      /** Share relative to the model's other targets: over 0, to 1,000,000. Default 1. */
      readonly weight?: number;
    };

export interface ModelRouteSettings<P extends string = string, M extends string = string> {
  /** Which target is tried first; the others follow on failure. Default `fallback`: in the order written. */
  readonly strategy?: "fallback" | "weighted" | "round-robin" | "latency" | "cost" | "least-busy";
  readonly targets: readonly [TargetSettings<NoInfer<P>>, ...TargetSettings<NoInfer<P>>[]];
  /** Public models tried after the targets. They chain; a cycle is an error. */
  readonly fallbacks?: readonly NoInfer<M>[];
  /** Over the global and the provider's. */
  readonly timeouts?: TimeoutSettings;
  /** Keeps a conversation where its prompt cache is warm. Default `prompt`. */
  readonly affinity?: "prompt" | "session" | "off";
  /** Over `resilience.continuation`. */
  readonly continuation?: "off" | "resume";
  /** Context window of the targets in tokens, where the built-in list is wrong or silent: 1 to 100,000,000. */
  readonly contextTokens?: number;
  /** Over the global `cache`; false: never for this model. */
  readonly cache?: false | CacheSettings;
}

export interface ResilienceSettings {
  readonly timeouts?: TimeoutSettings;
  readonly retries?: {
    /** Further attempts on the same key: 0 to 10, default 2. */
    readonly perTarget?: number;
    /** Longest Retry-After in milliseconds that is waited for: 0 to 600,000, default 3,000. */
    readonly waitForRetryAfterMs?: number;
    /** Attempts of one call over all targets: 1 to 100, default 12. */
    readonly maxAttempts?: number;
  };
  /** Failures that move on to the next target although they are the caller's own by default. */
  readonly fallbackOn?: readonly "content_filter"[];
  /** When a (provider, key, model) that fails is left alone. */
  readonly breaker?: {
    /** Failures in a row that open it: 1 to 1,000, default 5. */
    readonly consecutiveFailures?: number;
    /** Share of failures within `windowMs` that opens it, of at least 10 calls: 1 to 100, default 20. */
    readonly failurePercent?: number;
    /** Milliseconds: 1,000 to 3,600,000, default 30,000. */
    readonly windowMs?: number;
    /** First rest in milliseconds; it grows by half each time: 100 to 3,600,000, default 5,000. */
    readonly openMs?: number;
    /** Longest rest in milliseconds, not under `openMs`: 100 to 86,400,000, default 300,000. */
    readonly maxOpenMs?: number;
  };
  /** A second attempt elsewhere when the first is slow. Off unless set. */
  readonly hedge?: {
    /** Milliseconds (1 to 600,000), or `p95`: the target's own 95th percentile of time to first token. Default `p95`. */
    readonly afterMs?: number | "p95";
    /** Share of calls that may be hedged: over 0, to 100. Default 3. */
    readonly budgetPercent?: number;
  };
  /** Whether a stream cut after content is continued on the next target. Default `resume`. */
  readonly continuation?: "off" | "resume";
}

export interface CacheSettings {
  /** Answers to equal requests. */
  readonly exact?: {
    /** Milliseconds: 1,000 to 31,536,000,000, default 3,600,000. */
    readonly ttlMs?: number;
    /** Size of the cache in bytes: 1,048,576 to 1,099,511,627,776, default 268,435,456. */
    readonly maxBytes?: number;
  };
  /** Answers to requests that mean the same. */
  readonly semantic?: {
    /** Default `shadow`: look up and compare, serve nothing. */
    readonly mode?: "off" | "shadow" | "verified" | "on";
    /** Upper bound of wrong hits in percent, `verified` only: over 0, to 100. Default 1. */
    readonly maxWrongPercent?: number;
    /** A model that is asked whether two requests mean the same. */
    readonly judge?: {
      readonly model: string;
      /** Milliseconds: 1 to 600,000, default 3,000. */
      readonly timeoutMs?: number;
      readonly budgets?: readonly BudgetSettings[];
    };
    /** Requests above this temperature are not served: 0 to 2, default 1. */
    readonly maxTemperature?: number;
    /** Milliseconds: 1,000 to 31,536,000,000, default 3,600,000. */
    readonly ttlMs?: number;
    /** 1 to 100,000,000, default 100,000. */
    readonly maxEntries?: number;
  };
  /** Who shares entries. Default `key`. */
  readonly scope?: "key" | "team" | "customer";
}

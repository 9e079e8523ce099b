/**
 * What a configuration file may say: the reference of every setting. These types hold no code and import only each
 * other, so that `evergate init` can write them as `evergate.d.ts` beside a binary.
 */
import type { AccessSettings } from "./settings-access.ts";
import type { AlertSettings, EvalSettings, TelemetrySettings } from "./settings-observe.ts";
import type { CacheSettings, ModelSettings, ProviderSettings, ResilienceSettings } from "./settings-routing.ts";
import type { SsoSettings } from "./settings-sso.ts";

/**
 * A credential, never written into the file itself: `env("NAME")`, `file("path")` or a secrets manager. A literal
 * string is accepted with a warning.
 */
export type Secret =
  | string
  | {
      /** Name of an environment variable. */
      readonly env: string;
    }
  | {
      /** Path of a file, relative to the configuration file; one trailing line break is removed. */
      readonly file: string;
    }
  | {
      /** HashiCorp Vault, KV version 2, `mount/path#field`; address and token from `VAULT_ADDR`, `VAULT_TOKEN`. */
      readonly vault: string;
    }
  | {
      /** AWS Secrets Manager, name or ARN, `#field` of JSON; region and credentials from the usual `AWS_` variables. */
      readonly awsSecret: string;
    }
  | {
      /** Google Secret Manager, `projects/p/secrets/s` or `s`; credentials from `GOOGLE_APPLICATION_CREDENTIALS`. */
      readonly gcpSecret: string;
    }
  | {
      /** Azure Key Vault, `vault/name`, or `name` with `AZURE_KEY_VAULT_URL`; credentials from the usual `AZURE_` variables. */
      readonly azureSecret: string;
    };

/** The whole configuration. `P` are the provider names it declares, `M` its public model names. */
export interface Settings<P extends string = string, M extends string = string> {
  readonly server?: ServerSettings;
  readonly store?: StoreSettings;
  readonly secrets?: SecretsSettings;
  /**
   * Upstream accounts and endpoints by name. A name has no slash, white space or comma. Absent: those whose usual
   * variables (`OPENAI_API_KEY` …) are in the environment, and a local Ollama.
   */
  readonly providers?: { readonly [K in P]: ProviderSettings };
  /**
   * Public model names and the targets they stand for. With this block its names and `provider/model` exist, nothing
   * else. Absent: bare model names (`gpt-4o`) find the provider that serves them.
   */
  readonly models?: { readonly [K in M]: ModelSettings<P, M> };
  readonly resilience?: ResilienceSettings;
  /** Absent: nothing is cached. */
  readonly cache?: CacheSettings;
  readonly access?: AccessSettings;
  readonly sso?: SsoSettings;
  readonly telemetry?: TelemetrySettings;
  readonly alerts?: AlertSettings;
  readonly evals?: readonly EvalSettings[];
  /** Prices by `provider/model`; they win over the built-in list. */
  readonly pricing?: { readonly [target: string]: PriceSettings };
  readonly responses?: {
    /** Days for which stored responses (`previous_response_id`) are kept: 1 to 3650, default 30. */
    readonly keepDays?: number;
  };
  readonly media?: MediaSettings;
}

export interface ServerSettings {
  /** Address to listen on. Default `127.0.0.1`. Other than loopback needs keys to be required and an admin token. */
  readonly host?: string;
  /** 0 (any free port) to 65535. Default 4000. */
  readonly port?: number;
  /** Milliseconds that running calls get to finish after SIGTERM: 0 to 3,600,000. Default 30,000. */
  readonly drainMs?: number;
  /** Bearer token of `/admin` and `/metrics`. Default: one is generated on the first start and shown once. */
  readonly adminToken?: Secret;
  /** Largest request body in bytes, also after inflation: 1,024 to 1,073,741,824. Default 33,554,432 (32 MiB). */
  readonly maxBodyBytes?: number;
  /** Longest time in milliseconds that a call waits for its turn inside the gateway: 0 to 600,000. Default 10,000. */
  readonly maxQueueMs?: number;
  /** Address under which clients reach the gateway, `https://gateway.example.com`. Default: the one they used. */
  readonly publicUrl?: string;
  /** PEM texts: serve TLS. */
  readonly tls?: { readonly cert: Secret; readonly key: Secret };
  /** Addresses or CIDR ranges whose `x-forwarded-for` is believed. Default none. */
  readonly trustedProxies?: readonly string[];
  /** Origins (`https://app.example.com`, or `*`) whose pages may call the inference paths. Default none. */
  readonly corsOrigins?: readonly string[];
  /** Lets providers made by API point to private and loopback addresses. Default false. */
  readonly allowPrivateNetwork?: boolean;
}

/** Secrets of secrets managers. */
export interface SecretsSettings {
  /**
   * Milliseconds between two readings of the same secret: 1,000 to 86,400,000. Default 300,000 (5 minutes). A provider
   * that refuses a key has its secrets read again at once.
   */
  readonly refreshMs?: number;
}

export interface StoreSettings {
  /** Data directory, relative to the configuration file. Default `./evergate-data` in the working directory. */
  readonly path?: string;
  /** Connection string of a Postgres database, for several nodes. */
  readonly postgres?: Secret;
  /** Connection string of a Redis server, for several nodes. */
  readonly redis?: Secret;
}

/** All in USD, 0 to 1,000,000, at most 9 decimal places. */
export interface PriceSettings {
  readonly inputPerMillionUsd: number;
  readonly outputPerMillionUsd: number;
  /** Default: the input price. */
  readonly cacheReadPerMillionUsd?: number;
  /** Default: the input price. */
  readonly cacheWritePerMillionUsd?: number;
  /** Default: the output price. */
  readonly reasoningPerMillionUsd?: number;
  /** Default 0. */
  readonly perRequestUsd?: number;
}

/** Media that a client names by URL and a target cannot fetch itself. */
export interface MediaSettings {
  /** Whether the gateway fetches it: https, public addresses, no redirects. Default true. */
  readonly fetch?: boolean;
  /** Largest file in bytes: 1,024 to 1,073,741,824. Default 20,971,520 (20 MiB). */
  readonly maxBytes?: number;
  /** Milliseconds a fetch may take: 100 to 600,000. Default 10,000. */
  readonly timeoutMs?: number;
}

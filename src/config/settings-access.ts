/** Settings of who may call, and how much: keys, teams, customers, budgets, limits. Types only: see settings.ts. */
import type { Secret } from "./settings.ts";

export interface AccessSettings {
  /** Whether a virtual key is needed. Default `key` as soon as any key exists, else `none`. */
  readonly require?: "key" | "none";
  /** Budgets of the whole gateway. */
  readonly budgets?: readonly BudgetSettings[];
  /** Limits of the whole gateway. */
  readonly limits?: LimitSettings;
  readonly customers?: { readonly [name: string]: AccessLevel };
  readonly teams?: {
    readonly [name: string]: AccessLevel & {
      /** Name of its customer. */
      readonly customer?: string;
    };
  };
  /** Virtual keys by name. */
  readonly keys?: { readonly [name: string]: VirtualKeySettings };
}

/** What a virtual key, a team and a customer have in common. */
export interface AccessLevel {
  readonly budgets?: readonly BudgetSettings[];
  readonly limits?: LimitSettings;
  /** For each end user (`x-evergate-user`, else the body's `user`). */
  readonly perUser?: { readonly budgets?: readonly BudgetSettings[]; readonly limits?: LimitSettings };
  /** Public models and `provider/model` that may be called, `*` matches anything. Default all. Fallbacks too. */
  readonly models?: readonly string[];
  /** Providers that may be used. Default all. */
  readonly providers?: readonly string[];
  /** Put on every call's record. */
  readonly tags?: { readonly [name: string]: string };
  /** RFC 3339 time or date, UTC, from which on calls get 403 `key_expired`. */
  readonly expires?: string;
  /** Addresses or CIDR ranges calls may come from. Default any. */
  readonly ips?: readonly string[];
  /** True: calls get 403 `key_disabled`. */
  readonly disabled?: boolean;
}

export interface VirtualKeySettings extends AccessLevel {
  /** What clients send. At least 8 characters where the gateway listens beyond loopback. */
  readonly secret: Secret;
  /** Name of its team. */
  readonly team?: string;
  /** Name of its customer, for a key without a team. */
  readonly customer?: string;
}

export interface BudgetSettings {
  /** USD, over 0, to 9,000,000, at most 9 decimal places. */
  readonly limitUsd: number;
  /** Calendar window in UTC. */
  readonly per: "minute" | "hour" | "day" | "week" | "month" | "quarter" | "year" | "total";
  /** Counts only this public model. */
  readonly model?: string;
  /** Counts only this provider. */
  readonly provider?: string;
  /** True: the window moves with the clock. Default false. */
  readonly rolling?: boolean;
}

/** Whole numbers, 1 to 1,000,000,000. */
export interface LimitSettings {
  /** So many may pass at once; then it refills evenly. */
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly requestsPerDay?: number;
  /** Calls running at once; more are refused with 429. */
  readonly maxConcurrent?: number;
}

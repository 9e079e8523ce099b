/** Settings of what operators see: telemetry, alerts, evals. Types only: see settings.ts. */

import type { Secret } from "./settings.ts";
import type { BudgetSettings } from "./settings-access.ts";

export interface TelemetrySettings {
  readonly metrics?: {
    /** True: `/metrics` needs no token. Default false. */
    readonly public?: boolean;
    /** Bearer token of `/metrics` besides the admin token. */
    readonly token?: Secret;
  };
  /** Traces by OTLP over HTTP. */
  readonly otlp?: {
    /** `http://127.0.0.1:4318`. */
    readonly endpoint: string;
    readonly headers?: { readonly [name: string]: Secret };
    /** Share of calls: 0 to 1, default 1. */
    readonly sample?: number;
  };
  readonly log?: {
    /** Days that the request log is kept: 1 to 3650, default 30. */
    readonly keepDays?: number;
  };
  /** Whether requests and answers are stored. */
  readonly content?: {
    /** Default `off`. */
    readonly store?: "off" | "redacted" | "full";
    /** 1 to 3650, default 7. */
    readonly keepDays?: number;
  };
}

/** Channels, and the rules that say when they are told. */
export interface AlertSettings {
  /** Address of an incoming webhook. */
  readonly slack?: { readonly webhook: Secret };
  /** Address of a flow of the Workflows app that waits for a webhook request. */
  readonly teams?: { readonly webhook: Secret };
  readonly pagerduty?: {
    readonly routingKey: Secret;
    /** Default `https://events.pagerduty.com`. */
    readonly baseUrl?: string;
  };
  readonly webhook?: {
    readonly url: Secret;
    /** Signs each message (Standard Webhooks): `whsec_` and base64, or any text. */
    readonly secret?: Secret;
  };
  readonly email?: {
    /** `smtps://user:password@host:465`, or `smtp://host:587`, which changes to TLS where the server can. */
    readonly smtp: Secret;
    readonly from: string;
    readonly to: readonly [string, ...string[]];
  };
  readonly rules?: readonly {
    /** Unique; default: the text of `when`. */
    readonly name?: string;
    /**
     * `METRIC > NUMBER[%] for N[s|m|h]`, or `<`; the time is also that over which a rate is taken, 1s to 24h. Metrics:
     * failover_rate, error_rate, budget_used, eval_score, cache_wrong (shares: 5% or 0.05), p95_first_token_ms,
     * target_down and ledger_lag (numbers).
     */
    readonly when: string;
    /** Channels. */
    readonly to: readonly [AlertChannel, ...AlertChannel[]];
    /** Hours of the day in UTC without messages, `22:00-06:00`. */
    readonly quiet?: string;
    /** Only calls of this public model: failover_rate, error_rate, p95_first_token_ms, eval_score. */
    readonly model?: string;
    /** Only this eval: eval_score. */
    readonly eval?: string;
  }[];
}

export type AlertChannel = "slack" | "teams" | "pagerduty" | "webhook" | "email";

export interface EvalSettings {
  /** Unique. */
  readonly name: string;
  /** Share of answers: 0 to 1. */
  readonly sample: number;
  /**
   * A check by rule; either this or `judge`. `json-valid`, `json-schema`, `tool-calls`, `empty`, `refusal`, `truncation`,
   * `repetition`, `length:1-2000` (characters), `language:de`, `regex:PATTERN`, `similarity:MODEL`.
   */
  readonly check?: string;
  /** A model that scores answers, 0 to 1. */
  readonly judge?: string;
  /** What the judge looks for; default: a correct, complete and helpful answer. */
  readonly rubric?: string;
  /** What the judge, or the reference model of `similarity`, may cost. */
  readonly budgets?: readonly BudgetSettings[];
}

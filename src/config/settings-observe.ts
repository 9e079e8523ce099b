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

export interface AlertSettings {
  readonly slack?: { readonly webhook: Secret };
  readonly teams?: { readonly webhook: Secret };
  readonly pagerduty?: {
    readonly routingKey: Secret;
    /** Default `https://events.pagerduty.com`. */
    readonly baseUrl?: string;
  };
  readonly webhook?: {
    readonly url: Secret;
    /** Signs each message. */
    readonly secret?: Secret;
  };
  readonly email?: {
    /** `smtps://user:password@host:465`. */
    readonly smtp: Secret;
    readonly from: string;
    readonly to: readonly [string, ...string[]];
  };
  readonly rules?: readonly {
    readonly name?: string;
    /** `METRIC > NUMBER[%] for N[s|m|h]`, or `<`. */
    readonly when: string;
    /** Channels. */
    readonly to: readonly [AlertChannel, ...AlertChannel[]];
    /** Hours of the day in UTC without messages, `22:00-06:00`. */
    readonly quiet?: string;
  }[];
}

export type AlertChannel = "slack" | "teams" | "pagerduty" | "webhook" | "email";

export interface EvalSettings {
  readonly name: string;
  /** Share of answers: 0 to 1. */
  readonly sample: number;
  /** A check by rule; either this or `judge`. */
  readonly check?: string;
  /** A model that scores answers. */
  readonly judge?: string;
  /** What the judge looks for. */
  readonly rubric?: string;
  readonly budgets?: readonly BudgetSettings[];
}

/** Bodies of alerts and evals. */
import { type TSchema, Type } from "@sinclair/typebox";
import { orNull, page, ref, TIME, USD, words } from "./schema-words.ts";

const RULE = {
  rule: Type.String({ description: "Name of the rule." }),
  when: Type.String({ description: "As written in the configuration." }),
  metric: Type.String(),
  threshold: Type.Number({ description: "Of a share 0 to 1." }),
};

export const OBSERVE_SCHEMAS = {
  Alert: Type.Object({
    id: orNull(Type.String({ description: "Null while pending." })),
    ...RULE,
    state: words("pending", "firing", "resolved"),
    value: orNull(Type.Number()),
    worst: orNull(Type.Number()),
    details: Type.Array(Type.String(), { description: "Targets, budgets or evals behind it." }),
    pending_since: orNull(TIME),
    fired_at: orNull(TIME),
    resolved_at: orNull(TIME),
    resolution: orNull(words("recovered", "no data", "rule removed")),
    notices: Type.Array(
      Type.Object({
        channel: Type.String(),
        told: words("nothing", "firing", "resolved"),
        at: orNull(TIME),
        failures: Type.Integer(),
        error: orNull(Type.String()),
      }),
    ),
  }),
  AlertPage: page("Alert"),
  AlertRule: Type.Object({
    ...RULE,
    to: Type.Array(Type.String()),
    state: words("ok", "pending", "firing"),
    value: orNull(Type.Number(), { description: "Null: nothing to measure." }),
    details: Type.Array(Type.String()),
    pending_since: orNull(TIME),
    alert_id: orNull(Type.String()),
  }),
  AlertRulePage: page("AlertRule"),
  AlertTest: Type.Object({ channel: words("slack", "teams", "pagerduty", "webhook", "email") }),
  AlertTested: Type.Object({ channel: Type.String(), delivered: Type.Boolean() }),
  EvalScore: Type.Object({
    eval: Type.String({ description: "Name of the eval, or `user feedback`." }),
    model: Type.Optional(orNull(Type.String())),
    provider: Type.Optional(orNull(Type.String())),
    target: Type.Optional(orNull(Type.String())),
    failover: Type.Optional(orNull(Type.Boolean())),
    hour: Type.Optional(TIME),
    day: Type.Optional(TIME),
    count: Type.Integer(),
    mean: Type.Number({ description: "0 to 1; of feedback -1 to 1." }),
    ci_low: Type.Number({ description: "Of the 95 % confidence interval." }),
    ci_high: Type.Number(),
    ci_method: words("wilson", "t"),
    negative: Type.Optional(Type.Integer({ description: "Of feedback: scores below 0." })),
    negative_share: Type.Optional(Type.Object({ mean: Type.Number(), low: Type.Number(), high: Type.Number() })),
  }),
  EvalPage: Type.Object({
    data: Type.Array(ref("EvalScore")),
    next: orNull(Type.String()),
    since_start: Type.Object({ scored: Type.Integer(), failed: Type.Integer(), dropped: Type.Integer() }),
  }),
  EvalResult: Type.Object({
    at: TIME,
    eval: Type.String(),
    request_id: Type.String(),
    model: Type.String(),
    provider: Type.String(),
    target: Type.String(),
    failover: Type.Boolean(),
    score: Type.Number(),
    reason: orNull(Type.String({ description: "The judge's." })),
    cost_usd: USD,
  }),
  EvalResultPage: page("EvalResult"),
} satisfies Record<string, TSchema>;

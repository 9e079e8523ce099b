/** What `/openapi.json` says of alerts and evals. */
import { Type } from "@sinclair/typebox";
import { QUALITY_GROUPS } from "../../store/eval-ports.ts";
import { EXAMPLES } from "./examples.ts";
import { FROM_TO, PAGE } from "./list-parameters.ts";
import { body, errors, type Operation, query } from "./operation.ts";

const ERRORS = errors("OpenAiError", EXAMPLES.openAiError);

const RULE = {
  rule: "failovers",
  when: "failover_rate > 5% for 5m",
  metric: "failover_rate",
  threshold: 0.05,
};

const ALERT = {
  id: "alert_19b2a3c4d5e0a1b2c3d",
  ...RULE,
  state: "resolved",
  value: 0.31,
  worst: 0.62,
  details: [],
  pending_since: "2026-01-31T13:40:00.000Z",
  fired_at: "2026-01-31T13:45:00.000Z",
  resolved_at: "2026-01-31T14:10:00.000Z",
  resolution: "recovered",
  notices: [{ channel: "slack", told: "resolved", at: "2026-01-31T14:10:00.400Z", failures: 0, error: null }],
};

export const listAlerts: Operation = {
  tags: ["admin"],
  summary: "Alerts that are pending, firing or over, newest first",
  parameters: [query("state", "pending, firing or resolved"), query("rule", "Name of the rule"), ...PAGE],
  responses: {
    "200": { description: "A page", content: body("AlertPage", { data: [ALERT], next: null }) },
    ...ERRORS("400", "401", "403"),
  },
};

export const listAlertRules: Operation = {
  tags: ["admin"],
  summary: "Every alert rule with what it measures now",
  responses: {
    "200": {
      description: "All of them",
      content: body("AlertRulePage", {
        data: [
          {
            ...RULE,
            model: null,
            eval: null,
            to: ["slack"],
            quiet: "22:00-06:00",
            is_quiet: false,
            state: "ok",
            value: 0.01,
            details: [],
            pending_since: null,
            alert_id: null,
          },
        ],
        next: null,
      }),
    },
    ...ERRORS("400", "401", "403"),
  },
};

export const testAlert: Operation = {
  tags: ["admin"],
  summary: "Sends a test message to a channel",
  requestBody: { required: true, content: body("AlertTest", { channel: "slack" }) },
  responses: {
    "200": { description: "The channel took it", content: body("AlertTested", { channel: "slack", delivered: true }) },
    ...ERRORS("400", "401", "403", "413", "415", "502"),
  },
};

export const showEvals: Operation = {
  tags: ["admin"],
  summary: "Scores of evals and users' feedback by who answered",
  description: "With 95 % confidence intervals: Wilson's for shares, Student's t for means.",
  parameters: [
    query("group_by", `Comma list of ${QUALITY_GROUPS.join(", ")}; default model,provider,target,failover`),
    query("eval", "Name of the eval, or `user feedback`"),
    query("model", "Public model name"),
    ...FROM_TO,
    ...PAGE,
  ],
  responses: {
    "200": {
      description: "A page",
      content: body("EvalPage", {
        data: [
          {
            eval: "json-valid",
            model: "fast",
            provider: "openai",
            target: "openai/gpt-4o-mini",
            failover: false,
            count: 1_200,
            mean: 0.991,
            ci_low: 0.9839,
            ci_high: 0.995,
            ci_method: "wilson",
          },
        ],
        next: null,
        since_start: { scored: 1_200, failed: 0, dropped: 0 },
      }),
    },
    ...ERRORS("400", "401", "403"),
  },
};

export const listScores: Operation = {
  tags: ["admin"],
  summary: "Single scores with their reasons, newest first",
  parameters: [
    query("eval", "Name of the eval"),
    query("request_id", "x-evergate-request-id of an answer"),
    query("model", "Public model name"),
    query("target", "provider/model that answered"),
    query("failover", "Whether it was a fallback", Type.Boolean()),
    query("max_score", "Scores up to this", Type.Number({ minimum: 0, maximum: 1 })),
    ...PAGE,
  ],
  responses: {
    "200": {
      description: "A page",
      content: body("EvalResultPage", {
        data: [
          {
            at: "2026-01-31T13:45:00.000Z",
            eval: "helpful",
            request_id: "req_019b2a3c4d5e6f7a8b9c0d1e",
            model: "fast",
            provider: "claude",
            target: "claude/claude-sonnet-4-5",
            failover: true,
            score: 0.25,
            reason: "Does not answer the question.",
            cost_usd: "0.0004",
          },
        ],
        next: null,
      }),
    },
    ...ERRORS("400", "401", "403"),
  },
};

export const listFeedback: Operation = {
  tags: ["admin"],
  summary: "What users said of single answers, newest first",
  parameters: [
    query("cached_wrong", "Whether a cached answer was reported as wrong", Type.Boolean()),
    query("model", "Public model name"),
    query("max_score", "Scores up to this", Type.Number({ minimum: -1, maximum: 1 })),
    ...PAGE,
  ],
  responses: {
    "200": {
      description: "A page",
      content: body("FeedbackPage", {
        data: [
          {
            at: "2026-01-31T13:45:00.000Z",
            request_id: "req_019b2a3c4d5e6f7a8b9c0d1e",
            key_id: "key_1",
            score: -1,
            comment: "That is about another order.",
            cached_wrong: true,
            model: "fast",
            target: null,
            failover: false,
            cache: "semantic",
          },
        ],
        next: null,
      }),
    },
    ...ERRORS("400", "401", "403"),
  },
};

import { describe, expect, test } from "bun:test";
import { redacted } from "../../src/config/config.ts";
import { openai, testFaults } from "./fault-table.ts";
import { loadAs } from "./support.ts";

const BASE = { providers: { openai }, models: { fast: ["openai/a"] } };
const withRule = (rule: object, channels: object = { slack: { webhook: { env: "KEY" } } }) => ({
  ...BASE,
  alerts: { ...channels, rules: [{ when: "failover_rate > 5% for 5m", to: ["slack"], ...rule }] },
});
const withEval = (one: object) => ({ ...BASE, evals: [{ name: "it", sample: 1, ...one }] });

testFaults([
  {
    what: "an unknown metric",
    settings: withRule({ when: "failover_rat > 5% for 5m" }),
    path: "alerts.rules[0].when",
    message: /no metric "failover_rat"; there are failover_rate, error_rate/,
    nearest: "failover_rate",
  },
  {
    what: "a condition without a time",
    settings: withRule({ when: "failover_rate > 5%" }),
    path: "alerts.rules[0].when",
    message: /must have the form/,
  },
  {
    what: "a share over 1",
    settings: withRule({ when: "error_rate > 5 for 5m" }),
    path: "alerts.rules[0].when",
    message: /write 5% or 0.05/,
  },
  {
    what: "a channel that is not declared",
    settings: withRule({ to: ["teams"] }),
    path: "alerts.rules[0].to[0]",
    message: /no channel "teams" in alerts; there are slack/,
  },
  {
    what: "quiet hours that are none",
    settings: withRule({ quiet: "22-6" }),
    path: "alerts.rules[0].quiet",
    message: /22:00-06:00/,
  },
  {
    what: "a rule for a model that does not exist",
    settings: withRule({ model: "fats" }),
    path: "alerts.rules[0].model",
    message: /no model "fats"/,
    nearest: "fast",
  },
  {
    what: "a model for a metric that has none",
    settings: withRule({ when: "ledger_lag > 5 for 5m", model: "fast" }),
    path: "alerts.rules[0].model",
    message: /not by model/,
  },
  {
    what: "a rule for an eval that does not exist",
    settings: withRule({ when: "eval_score < 80% for 5m", eval: "tone" }),
    path: "alerts.rules[0].eval",
    message: /no eval "tone"/,
  },
  {
    what: "two rules of one name",
    settings: { ...BASE, alerts: { slack: { webhook: { env: "KEY" } }, rules: [RULE(), RULE()] } },
    path: "alerts.rules[1].name",
    message: /two rules are called/,
  },
  {
    what: "an address that is none",
    settings: withRule({}, { slack: { webhook: { env: "CI_KEY" } } }),
    path: "alerts.slack.webhook",
    message: /http or https address/,
  },
  {
    what: "a mail server that is none",
    settings: withRule({}, { slack: { webhook: "https://x" }, email: { smtp: "https://x", from: "a", to: ["b"] } }),
    path: "alerts.email.smtp",
    message: /smtps:/,
  },
  { what: "an eval without a check", settings: withEval({}), path: "evals[0]", message: /either check or judge/ },
  {
    what: "an eval with both",
    settings: withEval({ check: "empty", judge: "fast" }),
    path: "evals[0]",
    message: /either check or judge/,
  },
  {
    what: "an unknown check",
    settings: withEval({ check: "json-schem" }),
    path: "evals[0].check",
    message: /no check "json-schem"; there are json-valid/,
    nearest: "json-schema",
  },
  {
    what: "a pattern that is none",
    settings: withEval({ check: "regex:(" }),
    path: "evals[0].check",
    message: /no regular expression/,
  },
  {
    what: "a length that cannot be",
    settings: withEval({ check: "length:9-2" }),
    path: "evals[0].check",
    message: /minimum over its maximum/,
  },
  {
    what: "a judge that does not exist",
    settings: withEval({ judge: "fsat" }),
    path: "evals[0].judge",
    message: /no model "fsat"/,
    nearest: "fast",
  },
  {
    what: "a rubric without a judge",
    settings: withEval({ check: "empty", rubric: "be nice" }),
    path: "evals[0].rubric",
    message: /for a judge/,
  },
  {
    what: "a budget for what asks nobody",
    settings: withEval({ check: "empty", budgets: [{ limitUsd: 1, per: "day" }] }),
    path: "evals[0].budgets",
    message: /asks a model/,
  },
  {
    what: "two evals of one name",
    settings: { ...BASE, evals: [1, 2].map(() => ({ name: "it", sample: 1, check: "empty" })) },
    path: "evals[1].name",
    message: /two evals/,
  },
]);

function RULE() {
  return { when: "failover_rate > 5% for 5m", to: ["slack"] };
}

describe("alerts and evals in force", () => {
  const settings = {
    ...BASE,
    server: { publicUrl: "https://gateway.example.com" },
    alerts: {
      slack: { webhook: { env: "SLACK" } },
      pagerduty: { routingKey: { env: "PD" }, baseUrl: "https://events.eu.pagerduty.com/" },
      webhook: { url: "https://canary-hook.example.com/canary", secret: { env: "PD" } },
      email: { smtp: { env: "SMTP" }, from: "a@x", to: ["b@x"] },
      rules: [
        { when: "failover_rate > 5% for 5m", to: ["slack", "slack"], quiet: "22:00-06:00" },
        { name: "slow", when: "p95_first_token_ms > 900 for 1m", to: ["email"], model: "fast" },
      ],
    },
    evals: [
      { name: "json", sample: 1, check: "json-schema" },
      { name: "like", sample: 0.1, check: "similarity:fast", budgets: [{ limitUsd: 1, per: "day" }] },
      { name: "tone", sample: 0.05, judge: "openai/b", rubric: "kind" },
    ],
  };
  const environment = {
    KEY: "sk-k",
    SLACK: "https://hooks.example.com/canary",
    PD: "canary-key",
    SMTP: "smtp://u:canary@h",
  };

  test("are parsed, with their secrets read", async () => {
    const { config } = await loadAs("json", settings, environment);
    expect(config!.alerts).toMatchObject({
      slack: { webhook: environment.SLACK },
      teams: null,
      pagerduty: { routingKey: "canary-key", baseUrl: "https://events.eu.pagerduty.com" },
      rules: [
        {
          name: "failover_rate > 5% for 5m",
          condition: { metric: "failover_rate", above: true, threshold: 0.05, forMs: 300_000 },
          to: ["slack"],
          quiet: { fromMinute: 1_320, toMinute: 360 },
          model: null,
        },
        { name: "slow", model: "fast", quiet: null },
      ],
    });
    expect(config!.evals).toMatchObject([
      { name: "json", sample: 1, what: { check: { kind: "json-schema" } }, budgets: [] },
      { what: { check: { kind: "similarity", model: "fast" } }, budgets: [{ limitNanoUsd: 1e9, per: "day" }] },
      { what: { judge: "openai/b", rubric: "kind" } },
    ]);
  });

  test("are shown without any secret", async () => {
    const { config } = await loadAs("yaml", settings, environment);
    const shown = redacted(config!);
    expect(JSON.stringify(shown)).not.toContain("canary");
    expect(shown).toMatchObject({ alerts: { slack: { webhook: "env:SLACK" }, webhook: { url: "literal" } } });
  });
});

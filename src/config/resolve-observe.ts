/** Alerts and evals: conditions and checks in their parsed form, secrets read. The settings have passed every check. */
import { parseCondition } from "../telemetry/alerts/condition.ts";
import { smtpFault } from "../telemetry/alerts/email.ts";
import { parseQuiet } from "../telemetry/alerts/quiet.ts";
import { parseCheck } from "../telemetry/evals/check.ts";
import { DEFAULT_RUBRIC, originOf } from "../telemetry/evals/judge.ts";
import type { AlertConfig, Config, EvalConfig } from "./config.ts";
import type { Fault } from "./fault.ts";
import type { GovernedAccess } from "./governed.ts";
import { ruleName } from "./observe-faults.ts";
import { toBudget } from "./resolve-access.ts";
import type { SecretAt } from "./resolve-routing.ts";
import type { CheckedSettings } from "./schema.ts";

export function toAlerts(setting: CheckedSettings["alerts"] = {}, secretAt: SecretAt): AlertConfig {
  const { slack, teams, pagerduty, webhook, email, rules = [] } = setting;
  const secret = (...path: string[]) => secretAt("alerts", ...path);
  return {
    slack: slack ? { webhook: secret("slack", "webhook") } : null,
    teams: teams ? { webhook: secret("teams", "webhook") } : null,
    pagerduty: pagerduty
      ? { routingKey: secret("pagerduty", "routingKey"), baseUrl: pagerduty.baseUrl?.replace(/\/+$/, "") ?? null }
      : null,
    webhook: webhook
      ? { url: secret("webhook", "url"), secret: webhook.secret === undefined ? null : secret("webhook", "secret") }
      : null,
    email: email ? { smtp: secret("email", "smtp"), from: email.from, to: email.to } : null,
    rules: rules.flatMap((rule) => {
      const parsed = parseCondition(rule.when);
      if ("fault" in parsed) return [];
      return [
        {
          name: ruleName(rule),
          when: rule.when,
          condition: parsed.condition,
          to: [...new Set(rule.to)],
          quiet: rule.quiet === undefined ? null : (parseQuiet(rule.quiet) ?? null),
          model: rule.model ?? null,
          eval: rule.eval ?? null,
        },
      ];
    }),
  };
}

export function toEvals(setting: CheckedSettings["evals"] = []): EvalConfig[] {
  return setting.flatMap(({ name, sample, check, judge, rubric, budgets = [] }): EvalConfig[] => {
    const shared = { name, sample, budgets: budgets.map(toBudget) };
    if (judge !== undefined) return [{ ...shared, what: { judge, rubric: rubric ?? DEFAULT_RUBRIC } }];
    const parsed = parseCheck(check ?? "");
    return "check" in parsed ? [{ ...shared, what: { check: parsed.check } }] : [];
  });
}

/** Principals of the evals that ask a model, as keys with budgets. `id`: that of a principal by its origin. */
export function evalKeys({ evals }: Config, id: (origin: string) => string): GovernedAccess["keys"] {
  return evals
    .filter(({ budgets }) => budgets.length > 0)
    .map(({ name, budgets }) => ({
      id: id(originOf(name)),
      // No virtual key can have a name with white space: their budgets are never taken for each other's.
      name: `${originOf(name)} (internal)`,
      budgets,
      limits: {},
      perUser: { budgets: [], limits: {} },
    }));
}

const ADDRESSES = ["alerts.slack.webhook", "alerts.teams.webhook", "alerts.webhook.url"];

/** Addresses that are secrets have a form too; a fault does not quote them. */
export function alertSecretFaults(values: ReadonlyMap<string, string>): Fault[] {
  const faults = ADDRESSES.flatMap((path) => {
    const value = values.get(path);
    return value === undefined || /^https?:$/.test(URL.parse(value)?.protocol ?? "")
      ? []
      : [{ path, message: "must be an http or https address" }];
  });
  const smtp = values.get("alerts.email.smtp");
  const fault = smtp === undefined ? undefined : smtpFault(smtp);
  return fault === undefined ? faults : [...faults, { path: "alerts.email.smtp", message: fault }];
}

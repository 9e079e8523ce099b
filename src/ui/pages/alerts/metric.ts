/** What a rule measures: how it is written, and where what is behind it can be seen. */
import { count, duration, percent } from "../../format.ts";
import { link } from "../../location.tsx";
import type { Rule } from "./types.ts";

const SHARES = ["failover_rate", "error_rate", "budget_used", "eval_score", "cache_wrong"];

const MEANINGS: Record<string, string> = {
  failover_rate: "calls that another than the preferred target took",
  error_rate: "failed calls",
  p95_first_token_ms: "95th percentile of the first token",
  budget_used: "spent of the budget nearest to its limit",
  eval_score: "mean score of the eval furthest off",
  target_down: "targets without a usable key",
  cache_wrong: "wrong ones among the cached answers that were compared",
  ledger_lag: "ledger rows that wait to be written",
};

export function meaningOf(metric: string): string {
  return MEANINGS[metric] ?? metric;
}

export function valueText(metric: string, value: number | null): string {
  if (value === null) return "nothing to measure";
  if (SHARES.includes(metric)) return percent(value, 1);
  return metric.endsWith("_ms") ? duration(value) : count(value);
}

/** `below` where the condition is that the value is too small. */
function isBelow({ when }: Pick<Rule, "when">): boolean {
  return when.includes("<");
}

/** The part of the scale that is used up: 1 at the threshold. Null without a value. */
export function shareOfThreshold(rule: Pick<Rule, "when" | "value" | "threshold">): number | null {
  const { value, threshold } = rule;
  if (value === null) return null;
  if (isBelow(rule)) return value <= 0 ? 1 : Math.min(1, threshold / value);
  if (threshold === 0) return value > 0 ? 1 : 0;
  return value / threshold;
}

/** Where what is measured can be seen. */
export function behind({ metric, model, eval: name }: Pick<Rule, "metric" | "model" | "eval">): {
  path: string;
  query: string;
} {
  const query = (values: Record<string, string | null>) => link("", values);
  switch (metric) {
    case "failover_rate":
      return { path: "/ui/requests", query: query({ failover: "true", model, from: "-1h" }) };
    case "error_rate":
      return { path: "/ui/requests", query: query({ status: "5xx", model, from: "-1h" }) };
    case "p95_first_token_ms":
      return { path: "/ui/requests", query: query({ model, from: "-1h" }) };
    case "budget_used":
      return { path: "/ui/keys", query: "" };
    case "eval_score":
      return { path: "/ui/quality", query: query({ eval: name, model }) };
    case "target_down":
      return { path: "/ui/routes", query: "" };
    case "cache_wrong":
      return { path: "/ui/cache", query: "" };
    default:
      return { path: "/ui", query: "" };
  }
}

/** `METRIC > NUMBER[%] for N[s|m|h]`: what an alert rule watches. */

/** What a metric counts: `share` is 0 to 1 and may be written in per cent. */
export type Unit = "share" | "milliseconds" | "count";

export const METRICS = {
  /** Calls that another target than the preferred one had to take, of those sent to any. */
  failover_rate: "share",
  /** Calls that failed through the gateway's or an upstream's fault, of those and the ones that went well. */
  error_rate: "share",
  /** 95th percentile of the time to the first content of streams. */
  p95_first_token_ms: "milliseconds",
  /** What the budget that is nearest to its limit has spent of it. */
  budget_used: "share",
  /** Mean score of the eval that is furthest beyond the threshold. */
  eval_score: "share",
  /** Targets of which no key can be used at the moment. */
  target_down: "count",
  /** Cache hits that proved wrong, of those that were verified. */
  cache_wrong: "share",
  /** Ledger rows that wait to be written. */
  ledger_lag: "count",
} as const satisfies Record<string, Unit>;

export type MetricName = keyof typeof METRICS;

export interface Condition {
  metric: MetricName;
  above: boolean;
  /** In the metric's unit; of a share 0 to 1. */
  threshold: number;
  /** How long it must hold; a rate is taken over the same time. */
  forMs: number;
}

export type ParsedCondition =
  | { condition: Condition }
  /** `metric`: the name that is none, for the nearest right one. */
  | { fault: string; metric?: string };

const FORM = /^\s*([a-z0-9_]+)\s*([<>])\s*(\d{1,12}(?:\.\d{1,9})?)\s*(%?)\s+for\s+(\d{1,6})\s*([smh])\s*$/i;
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
/** Rates are held in memory for this long at most. */
const MAX_FOR_MS = 24 * UNIT_MS.h;

export function parseCondition(text: string): ParsedCondition {
  const [, name = "", sign, number, percent, amount, unit] = FORM.exec(text) ?? [];
  const metric = name.toLowerCase();
  if (metric === "") return { fault: 'must have the form "failover_rate > 5% for 5m", with s, m or h' };
  if (!isMetric(metric)) return { fault: `no metric "${name}"`, metric: name };
  const forMs = Number(amount) * UNIT_MS[unit!.toLowerCase() as keyof typeof UNIT_MS];
  if (forMs < UNIT_MS.s || forMs > MAX_FOR_MS) return { fault: "the time must be from 1s to 24h" };
  const threshold = percent ? Number(number) / 100 : Number(number);
  const share = METRICS[metric] === "share";
  if (percent && !share) return { fault: `${metric} is not a share; it takes a plain number` };
  if (share && threshold > 1) return { fault: `${metric} is a share: write 5% or 0.05, at most 100%` };
  return { condition: { metric, above: sign === ">", threshold, forMs } };
}

function isMetric(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

/** `23.4 %`, `1250 ms`, `2`. */
export function valueText(metric: string, value: number | null): string {
  if (value === null) return "not measured";
  const unit = isMetric(metric) ? METRICS[metric] : "count";
  const rounded = (number: number) => String(Number(number.toFixed(number < 1 ? 3 : 1)));
  if (unit === "share") return `${rounded(value * 100)} %`;
  return unit === "milliseconds" ? `${Math.round(value)} ms` : rounded(value);
}

/** What a rule's metric is at the moment. Fed with every closed call, read a few times a second. */
import { type CallRecord, fellBack } from "../../canonical/record.ts";
import type { BudgetView } from "../budget-metrics.ts";
import type { Condition } from "./condition.ts";
import { createQuantileWindow } from "./quantile.ts";
import { createWindow } from "./window.ts";

export interface Measured {
  /** In the metric's unit; undefined: nothing to measure. */
  value: number | undefined;
  /** What is behind it, by name. */
  details: string[];
}

export interface Measure {
  record?(record: CallRecord, nowMs: number): void;
  score?(score: ScoredEval, nowMs: number): void;
  cacheVerdict?(verdict: CacheVerdict, nowMs: number): void;
  read(nowMs: number): Measured;
}

export interface ScoredEval {
  eval: string;
  /** Public model. */
  model: string;
  /** 0 to 1. */
  score: number;
}

/** A cache hit, or what would have been one, was compared with a real answer. */
export interface CacheVerdict {
  wrong: boolean;
}

export interface TargetView {
  /** `provider/model`. */
  target: string;
  state: "closed" | "half-open" | "open";
  /** Why it is open or resting; null when it is neither. */
  reason: string | null;
}

/** What is asked rather than counted. */
export interface AlertSources {
  targets(): readonly TargetView[];
  budgets(): readonly BudgetView[];
  ledgerQueueLength(): number;
}

/** Confines a rule: to calls of one public model, to one eval. */
export interface Scope {
  model: string | null;
  eval: string | null;
}

/** Rates cover a little more than their time, so that what began a breach is still seen when the time is over. */
export const TICK_MS = 500;
const SLACK_MS = 2 * TICK_MS;

export function createMeasure(condition: Condition, scope: Scope, sources: AlertSources): Measure {
  const spanMs = condition.forMs + SLACK_MS;
  const inScope = (model: string | undefined) => scope.model === null || scope.model === model;
  switch (condition.metric) {
    case "failover_rate": {
      const rate = createRate(spanMs);
      return {
        record: (call, nowMs) => {
          if (call.attempts.length > 0 && inScope(call.model)) rate.add(fellBack(call), nowMs);
        },
        read: rate.read,
      };
    }
    case "error_rate": {
      const rate = createRate(spanMs);
      return {
        record: (call, nowMs) => {
          const failed = isFailure(call);
          if (failed !== undefined && inScope(call.model)) rate.add(failed, nowMs);
        },
        read: rate.read,
      };
    }
    case "p95_first_token_ms": {
      const times = createQuantileWindow(spanMs, TICK_MS);
      return {
        record: ({ stream, firstContentMs, model }, nowMs) => {
          if (stream && firstContentMs !== undefined && inScope(model)) times.add(firstContentMs, nowMs);
        },
        read: (nowMs) => ({ value: times.quantile(0.95, nowMs), details: [] }),
      };
    }
    case "cache_wrong": {
      const rate = createRate(spanMs);
      return {
        cacheVerdict: ({ wrong }, nowMs) => rate.add(wrong, nowMs),
        read: rate.read,
      };
    }
    case "eval_score":
      return evalScores(condition, scope, spanMs);
    case "budget_used":
      return { read: () => worst(sources.budgets().map(usedOf), condition) };
    case "target_down":
      return { read: () => downTargets(sources.targets()) };
    case "ledger_lag":
      return { read: () => ({ value: sources.ledgerQueueLength(), details: [] }) };
    default:
      return condition.metric satisfies never;
  }
}

function createRate(spanMs: number) {
  const window = createWindow(spanMs, 2, TICK_MS);
  return {
    add(hit: boolean, nowMs: number) {
      window.add(0, 1, nowMs);
      if (hit) window.add(1, 1, nowMs);
    },
    read(nowMs: number): Measured {
      const [all, hits] = window.sums(nowMs) as unknown as [number, number];
      return { value: all > 0 ? hits / all : undefined, details: [] };
    },
  };
}

/** Undefined: neither well nor failed. A client's own mistake says nothing, nor does a refusal by a limit or budget. */
function isFailure({ outcome }: CallRecord): boolean | undefined {
  if (!outcome) return undefined;
  if (outcome.ok) return false;
  if (outcome.source === "client" || outcome.code === "budget_exceeded" || outcome.code === "not_cached")
    return undefined;
  return outcome.code === "rate_limited" && outcome.source === "gateway" ? undefined : true;
}

/** Evals that the rule may be told of: their names are the configuration's own, so there are few. */
const MAX_EVALS = 200;

function evalScores(condition: Condition, scope: Scope, spanMs: number): Measure {
  const windows = new Map<string, ReturnType<typeof createWindow>>();
  const windowOf = (name: string) => {
    const known = windows.get(name);
    if (known || windows.size >= MAX_EVALS) return known;
    const made = createWindow(spanMs, 2, TICK_MS);
    windows.set(name, made);
    return made;
  };
  return {
    score({ eval: name, model, score }, nowMs) {
      if ((scope.eval !== null && scope.eval !== name) || (scope.model !== null && scope.model !== model)) return;
      const window = windowOf(name);
      window?.add(0, 1, nowMs);
      window?.add(1, score, nowMs);
    },
    read(nowMs) {
      const means = [...windows].flatMap(([name, window]) => {
        const [count, sum] = window.sums(nowMs) as unknown as [number, number];
        return count > 0 ? [{ name, value: sum / count }] : [];
      });
      return worst(means, condition);
    },
  };
}

function usedOf({ scope, name, window, rolling, limitNanoUsd, spentNanoUsd }: BudgetView) {
  const value = limitNanoUsd > 0 ? spentNanoUsd / limitNanoUsd : 1;
  return { name: `${scope} ${name} (${rolling ? "rolling " : ""}${window})`, value };
}

/** The value furthest beyond the threshold, and the names of all that are beyond it. */
function worst(named: readonly { name: string; value: number }[], { above, threshold }: Condition): Measured {
  const values = named.map(({ value }) => value);
  if (values.length === 0) return { value: undefined, details: [] };
  const beyond = named.filter(({ value }) => (above ? value > threshold : value < threshold));
  return { value: above ? Math.max(...values) : Math.min(...values), details: beyond.map(({ name }) => name) };
}

/** Down is a target none of whose keys can be used: its breaker has not closed again, or the key rests. */
function downTargets(targets: readonly TargetView[]): Measured {
  const byName = Map.groupBy(targets, ({ target }) => target);
  const down = [...byName].filter(([, keys]) =>
    keys.every(({ state, reason }) => state !== "closed" || reason !== null),
  );
  return { value: down.length, details: down.map(([name]) => name) };
}

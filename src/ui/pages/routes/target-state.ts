/** What a target's keys say of it, in words. */
import type { Target } from "../../api/types.ts";
import type { Tone } from "../../components/badge.tsx";
import type { ModelView } from "./types.ts";

export interface State {
  tone: Tone;
  /** One word, for a badge. */
  word: "up" | "drained" | "resting" | "failing" | "trying" | "partly up" | "unknown";
  /** Why, in words; undefined where there is nothing to explain. */
  why?: string;
  /** RFC 3339. */
  until?: string;
}

const DRAINED = "resting: drained";

const RESTS: Record<string, string> = {
  drained: "taken out of service by an operator",
  rate_limited: "at its rate limit",
  quota_exhausted: "quota or balance used up",
  auth: "the provider refused the key",
  model_not_found: "the provider does not have this model",
};

/** Of one key, for one model. */
export function stateOfKey({ state, reason, resting_until: until }: Target): State {
  if (reason === DRAINED) return { tone: "neutral", word: "drained", why: RESTS["drained"]! };
  if (reason?.startsWith("resting: ")) {
    const why = reason.slice("resting: ".length);
    return { tone: "warn", word: "resting", why: RESTS[why] ?? why, ...(until !== null && { until }) };
  }
  if (state === "open") return { tone: "bad", word: "failing", ...(reason !== null && { why: reason }) };
  if (state === "half-open")
    return { tone: "warn", word: "trying", why: "the next call shows whether it is well again" };
  return { tone: "ok", word: "up" };
}

/** Of a target: up while any of its keys can be used. */
export function stateOfTarget(keys: readonly Target[]): State {
  const states = keys.map(stateOfKey);
  const [first] = states;
  if (!first) return { tone: "neutral", word: "unknown", why: "no call has met it yet" };
  const drained = states.find(({ word }) => word === "drained");
  if (drained) return drained;
  const up = states.filter(({ word }) => word === "up").length;
  if (up === states.length) return { tone: "ok", word: "up" };
  if (up > 0) return { tone: "warn", word: "partly up", why: `${states.length - up} of ${states.length} keys out` };
  return states.find(({ word }) => word === "trying") ?? states.find(({ word }) => word === "resting") ?? first;
}

export function byTarget(rows: readonly Target[]): Map<string, Target[]> {
  const found = new Map<string, Target[]>();
  for (const row of rows) found.set(row.target, [...(found.get(row.target) ?? []), row]);
  return found;
}

/** The model's targets by name, in order. */
export function namesOf({ targets }: Pick<ModelView, "targets">): string[] {
  return targets.map((target) => (typeof target === "string" ? target : target.target));
}

/** Shares of a weighted model, by target; undefined where weights say nothing. */
export function weightsOf({ strategy, targets }: Pick<ModelView, "strategy" | "targets">): number[] | undefined {
  if (strategy !== "weighted" && strategy !== "least-busy") return undefined;
  const weights = targets.map((target) => (typeof target === "string" ? 1 : (target.weight ?? 1)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** One rule in time: quiet, pending, firing, resolved. */
import type { AlertRow } from "../../store/alert-ports.ts";
import type { Condition } from "./condition.ts";
import type { Measured } from "./measure.ts";

export interface RuleState {
  /** Since when the condition holds; absent while it does not. */
  pendingSinceMs?: number;
  /** What fired and is not over. */
  episode?: AlertRow;
  /** Since when there is nothing to measure, while firing. */
  noDataSinceMs?: number;
  /** An episode of an earlier process is not over before this: what it was measured by has been forgotten. */
  holdUntilMs?: number;
  measured: Measured;
}

export interface RuleIdentity {
  name: string;
  when: string;
  condition: Condition;
  channels: readonly string[];
}

/**
 * Takes one measurement. Returns the episode that has just fired or resolved. A measured value that is well again ends
 * an episode at once, since a rate moves slowly; without anything to measure it ends after the rule's time.
 */
export function step(
  state: RuleState,
  rule: RuleIdentity,
  measured: Measured,
  nowMs: number,
  newId: () => string,
): AlertRow | undefined {
  state.measured = measured;
  return state.episode ? stepFiring(state, state.episode, rule.condition, nowMs) : stepIdle(state, rule, nowMs, newId);
}

function stepIdle(state: RuleState, rule: RuleIdentity, nowMs: number, newId: () => string): AlertRow | undefined {
  const { condition } = rule;
  const { value, details } = state.measured;
  if (!holds(condition, value)) {
    state.pendingSinceMs = undefined;
    return undefined;
  }
  state.pendingSinceMs ??= nowMs;
  if (nowMs - state.pendingSinceMs < condition.forMs) return undefined;
  state.episode = {
    id: newId(),
    rule: rule.name,
    when: rule.when,
    metric: condition.metric,
    threshold: condition.threshold,
    value: value ?? null,
    worst: value ?? null,
    details: [...details],
    pendingSinceMs: state.pendingSinceMs,
    firedAtMs: nowMs,
    resolvedAtMs: null,
    resolution: null,
    notices: rule.channels.map((channel) => ({ channel, told: "nothing", atMs: null, failures: 0, error: null })),
  };
  state.pendingSinceMs = undefined;
  state.noDataSinceMs = undefined;
  state.holdUntilMs = undefined;
  return state.episode;
}

function stepFiring(state: RuleState, episode: AlertRow, condition: Condition, nowMs: number): AlertRow | undefined {
  const { value, details } = state.measured;
  if (holds(condition, value)) {
    state.noDataSinceMs = undefined;
    state.holdUntilMs = undefined;
    episode.worst = worse(condition, episode.worst, value);
    episode.details = [...new Set([...episode.details, ...details])];
    return undefined;
  }
  if (state.holdUntilMs !== undefined && nowMs < state.holdUntilMs) return undefined;
  if (value === undefined) {
    state.noDataSinceMs ??= nowMs;
    if (nowMs - state.noDataSinceMs < condition.forMs && state.holdUntilMs === undefined) return undefined;
  }
  state.episode = undefined;
  return ended(episode, value === undefined ? "no data" : "recovered", nowMs);
}

export function ended(episode: AlertRow, resolution: string, nowMs: number): AlertRow {
  episode.resolvedAtMs = nowMs;
  episode.resolution = resolution;
  return episode;
}

function holds({ above, threshold }: Condition, value: number | undefined): value is number {
  return value !== undefined && (above ? value > threshold : value < threshold);
}

function worse({ above }: Condition, worst: number | null, value: number): number {
  if (worst === null) return value;
  return above ? Math.max(worst, value) : Math.min(worst, value);
}

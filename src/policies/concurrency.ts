/** How many calls of a level may run at once. A call too many is refused at once: a queue would only hide it. */
import type { Call } from "../canonical/call.ts";
import { GatewayError } from "../canonical/errors.ts";
import type { Policy } from "../canonical/policy.ts";
import type { LimitLevel, LimitLevelsOf } from "./limit-levels.ts";

/** Calls running, by level; outlives a configuration. */
export type Running = Map<string, number>;

/** Nobody knows when a call ends; a second is what most clients wait anyway. */
const RETRY_AFTER_MS = 1_000;

export function createConcurrency(levelsOf: LimitLevelsOf, running: Running): Policy {
  return ({ principal, user }: Call) => {
    const held: LimitLevel[] = [];
    for (const level of levelsOf(principal, user)) {
      const { maxConcurrent } = level.limits;
      if (maxConcurrent === undefined) continue;
      if ((running.get(level.id) ?? 0) >= maxConcurrent) throw refusal(level, maxConcurrent);
      held.push(level);
    }
    if (held.length === 0) return undefined;
    for (const { id } of held) running.set(id, (running.get(id) ?? 0) + 1);
    return () => {
      for (const { id } of held) {
        const left = (running.get(id) ?? 1) - 1;
        if (left > 0) running.set(id, left);
        else running.delete(id);
      }
    };
  };
}

function refusal({ label }: LimitLevel, maxConcurrent: number): GatewayError {
  return new GatewayError(
    "rate_limited",
    `Too many calls at once: ${label} may run ${maxConcurrent} (maxConcurrent).`,
    {
      retryAfterMs: RETRY_AFTER_MS,
    },
  );
}

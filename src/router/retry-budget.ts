/**
 * A shared budget for repeats (the same key again, and hedges): 20 % of the calls in flight, at least 3. When an
 * upstream is down for everybody, retries would otherwise multiply the load on it. Moving on to another key or target
 * is free.
 */
import type { Gate } from "../canonical/attempt.ts";
import { GatewayError } from "../canonical/errors.ts";

const RETRY_SHARE = 0.2;
const MIN_RETRIES = 3;

export interface RetryBudget {
  gate: Gate;
  callStarted(): void;
  callEnded(): void;
}

export function createRetryBudget(): RetryBudget {
  let calls = 0;
  let repeats = 0;
  const spent = () => repeats >= Math.max(MIN_RETRIES, Math.floor(RETRY_SHARE * calls));
  return {
    gate: (_call, plan) => {
      if (plan.kind !== "retry" && plan.kind !== "hedge") return FREE;
      if (spent())
        return { refused: new GatewayError("overloaded", "Too many retries are under way."), scope: "repeat" };
      repeats += 1;
      return {
        settle() {
          repeats -= 1;
        },
      };
    },
    callStarted() {
      calls += 1;
    },
    callEnded() {
      calls -= 1;
    },
  };
}

const FREE = { settle() {} };

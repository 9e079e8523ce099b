/**
 * A shared budget for repeats (the same key again, and hedges): 20 % of the attempts in flight, at least 3. When an
 * upstream is down for everybody, retries would otherwise multiply the load on it. Moving on to another key or target
 * is free. Both sides of the share are counted alike, from the sending to the upstream's end: a repeat that became a
 * long stream takes a place for as long as the stream of a first attempt gives a fifth of one, and a call that only
 * waits for its turn to repeat gives none.
 */
import type { Admission, Gate, Refusal } from "../canonical/attempt.ts";
import { GatewayError } from "../canonical/errors.ts";

const RETRY_SHARE = 0.2;
const MIN_RETRIES = 3;

export function createRetryBudget(): Gate {
  let attempts = 0;
  let repeats = 0;
  const first: Admission = {
    settle() {
      attempts -= 1;
    },
  };
  const repeat: Admission = {
    settle() {
      attempts -= 1;
      repeats -= 1;
    },
  };
  return (_call, plan): Admission | Refusal => {
    const repeated = plan.kind === "retry" || plan.kind === "hedge";
    if (repeated && repeats >= Math.max(MIN_RETRIES, Math.floor(RETRY_SHARE * attempts)))
      return { refused: new GatewayError("overloaded", "Too many retries are under way."), scope: "repeat" };
    attempts += 1;
    if (!repeated) return first;
    repeats += 1;
    return repeat;
  };
}

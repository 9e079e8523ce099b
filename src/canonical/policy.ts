/** A policy admits a call as a whole (access, rate, concurrency) and settles when the client's reply has ended. */
import type { Call } from "./call.ts";
import type { Outcome } from "./record.ts";
import { failed } from "./reply.ts";

export type Settle = (outcome: Outcome) => void;

/** Throws GatewayError to refuse; returns what to do at the end, or nothing. */
export type Policy = (call: Call) => Settle | undefined;

const NOTHING_TO_SETTLE: Settle = () => {};

/** Passes a call through all policies in order. When one refuses, those before it are settled and the refusal thrown. */
export function admit(policies: readonly Policy[], call: Call): Settle {
  if (policies.length === 0) return NOTHING_TO_SETTLE;
  const settles: Settle[] = [];
  const settleAll: Settle = (outcome) => {
    for (const settle of settles) settle(outcome);
  };
  try {
    for (const policy of policies) {
      const settle = policy(call);
      if (settle) settles.push(settle);
    }
  } catch (refusal) {
    settleAll(failed(refusal));
    throw refusal;
  }
  return settleAll;
}

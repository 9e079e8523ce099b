import type { Target } from "../canonical/attempt.ts";
import { GatewayError } from "../canonical/errors.ts";
import { formatUsd } from "../canonical/money.ts";
import { type Account, heldNow } from "./accounts.ts";

/** 402: which level, its limit, what is spent and held, and when it starts anew. */
export function budgetExceeded(account: Account, neededNanoUsd: number): GatewayError {
  const { budget, spent, share } = account;
  const { scope, name, per, rolling, model, provider, limitNanoUsd } = budget;
  const holder = scope === "gateway" ? "the gateway" : `${scope} "${name}"`;
  const only = [model && ` on model ${model}`, provider && ` at provider ${provider}`].filter(Boolean).join("");
  const period = per === "total" ? "in total" : `${rolling ? "in any" : per === "hour" ? "an" : "a"} ${per}`;
  const reserved = heldNow(account);
  const held = reserved > 0 ? `, ${formatUsd(reserved)} USD held by running calls` : "";
  const reset = Number.isFinite(share.resetMs)
    ? `It resets at ${new Date(share.resetMs).toISOString().replace(".000Z", "Z")}.`
    : "It does not reset.";
  return new GatewayError(
    "budget_exceeded",
    `Budget exceeded: ${holder} may spend ${formatUsd(limitNanoUsd)} USD ${period}${only}; ` +
      `${formatUsd(spent)} USD spent${held}, and this request needs ${formatUsd(neededNanoUsd)} USD. ${reset}`,
  );
}

export function unknownPrice(target: Target): GatewayError {
  return new GatewayError(
    "invalid_request",
    `The price of ${target.name} is not known, so a call under a budget cannot use it. ` +
      `An operator can state it under the setting pricing["${target.name}"].`,
    { param: "model" },
  );
}

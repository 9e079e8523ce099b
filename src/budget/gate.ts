/** The gate in front of every attempt: money is held on all levels before it is sent, and settled once it has ended. */
import type { Admission, AttemptOutcome, AttemptPlan, Gate, Refusal, Target } from "../canonical/attempt.ts";
import type { Call } from "../canonical/call.ts";
import type { Clock } from "../canonical/deps.ts";
import { GatewayError, toGatewayError } from "../canonical/errors.ts";
import { NO_USAGE } from "../canonical/usage.ts";
import type { Account, Accounts } from "./accounts.ts";
import { type Bound, isPriced, upperBound } from "./bound.ts";
import type { LedgerWriter } from "./ledger-writer.ts";
import { counts, type Levels } from "./levels.ts";
import type { HighestRates } from "./pricing.ts";
import { unknownPrice } from "./refusal.ts";
import type { Reservation, Reservations } from "./reservations.ts";

export interface BudgetGateOptions {
  levels(): Levels;
  accounts: Accounts;
  reservations: Reservations;
  ledger: LedgerWriter;
  clock: Clock;
  /** Highest prices at a target; null: not known. */
  rates(target: Target): HighestRates | null;
  contextTokens(target: Target): number | undefined;
}

export function createBudgetGate(options: BudgetGateOptions): Gate {
  const { levels, accounts, reservations, ledger, clock, rates, contextTokens } = options;

  const accountsOf = (call: Call, target: Target): Account[] => {
    const found: Account[] = [];
    const inForce = levels();
    if (!inForce.any) return found;
    for (const budget of inForce.of(call.principal, call.user)) {
      if (counts(budget, call.model, target)) found.push(accounts.of(budget));
    }
    return found;
  };

  const admission = (call: Call, plan: AttemptPlan, held?: Reservation): Admission => {
    const atMs = Math.floor(clock.now());
    const attempt = call.record.attempts.length + 1;
    let open = true;
    return {
      ...(held && writtenCap(call, held)),
      settle(outcome) {
        if (!open) return;
        open = false;
        const cost = costOf(outcome, held);
        if (held) accounts.settle(held.shares, held.amount, cost);
        if (cost === 0) return;
        const entry = entryOf(call, plan.target, { atMs, attempt, cost, outcome });
        if (held) for (const { id } of held.shares) entry.windows.push(id!);
        ledger.book(entry, held?.shares ?? []);
      },
    };
  };

  const waitFor = async (call: Call, plan: AttemptPlan, of: readonly Account[], bound: Bound) => {
    const result = await reservations.wait(of, bound).catch(toGatewayError);
    if (!(result instanceof GatewayError)) return admission(call, plan, result);
    return refuse(result, result.code === "budget_exceeded" ? "target" : "call");
  };

  return (call, plan) => {
    if (ledger.isFull()) return refuse(new GatewayError("overloaded", QUEUE_FULL), "call");
    const of = accountsOf(call, plan.target);
    if (of.length === 0) return admission(call, plan);
    const known = rates(plan.target);
    if (!known || !isPriced(call, known)) return refuse(unknownPrice(plan.target), "target");
    let bound: Bound;
    try {
      const { model } = plan.target;
      bound = upperBound(call, known, { cap: plan.maxOutputTokens, contextTokens: contextTokens(plan.target), model });
    } catch (error) {
      return refuse(toGatewayError(error), "call");
    }
    const held = reservations.take(of, bound);
    return held ? admission(call, plan, held) : waitFor(call, plan, of, bound);
  };
}

const QUEUE_FULL = "The gateway cannot write its ledger at the moment, so it takes no calls that cost money.";

function refuse(refused: GatewayError, scope: Refusal["scope"]): Refusal {
  return { refused, scope };
}

/** The client's own cap need not be written again, unless it wrote two that may differ. */
function writtenCap(
  { body: { facts, json } }: Call,
  { maxOutputTokens }: Reservation,
): Pick<Admission, "maxOutputTokens"> {
  const both = json["max_tokens"] != null && json["max_completion_tokens"] != null;
  return maxOutputTokens === facts.maxOutputTokens && !both ? {} : { maxOutputTokens };
}

/** Content without a known cost is booked with all that was held for it: a refund would be a guess. */
function costOf({ costNanoUsd, contentSeen }: AttemptOutcome, held: Reservation | undefined): number {
  return costNanoUsd ?? (held && contentSeen ? held.amount : 0);
}

interface Facts {
  atMs: number;
  attempt: number;
  cost: number;
  outcome: AttemptOutcome;
}

function entryOf(call: Call, target: Target, { atMs, attempt, cost, outcome }: Facts) {
  const { principal, user, model, record } = call;
  const isKey = principal.kind === "key";
  return {
    atMs,
    requestId: call.id,
    attempt,
    keyId: isKey ? principal.id : null,
    keyName: isKey ? principal.name : null,
    team: principal.team ?? null,
    customer: principal.customer ?? null,
    user: user ?? null,
    model,
    provider: target.provider,
    targetModel: target.model,
    usage: outcome.usage ?? { ...NO_USAGE, estimated: true },
    costNanoUsd: cost,
    tags: record.tags ?? null,
    windows: [] as number[],
  };
}

/**
 * Reserving on all levels at once or on none. What fits into the leases is decided in one turn of the event loop;
 * calls that do not fit wait in line while one request to the store asks for what all of them lack.
 */
import type { Clock } from "../canonical/deps.ts";
import type { GatewayError } from "../canonical/errors.ts";
import type { LeaseCall } from "../store/budget-ports.ts";
import type { Account, Accounts, Share } from "./accounts.ts";
import { affordable, type Bound, costAt } from "./bound.ts";
import { budgetExceeded } from "./refusal.ts";

/** An answer shorter than this helps nobody; a client that asks for less gets less. */
const MIN_OUTPUT_TOKENS = 16;

export interface Reservation {
  shares: readonly Share[];
  amount: number;
  /** What the tightest level affords of the bound's cap. */
  maxOutputTokens: number;
}

export interface Reservations {
  /** Undefined when a lease is too small: then `wait`. */
  take(accounts: readonly Account[], bound: Bound): Reservation | undefined;
  /** Resolves to the refusal (402) when the budgets do not afford the least useful answer. Rejects when the store fails. */
  wait(accounts: readonly Account[], bound: Bound): Promise<Reservation | GatewayError>;
}

/** Round trips for one call. Only others that are always quicker could use them up. */
const MAX_TURNS = 20;

interface Waiting {
  accounts: readonly Account[];
  bound: Bound;
  turns: number;
  resolve(result: Reservation | GatewayError): void;
  reject(cause: unknown): void;
}

export function createReservations(accounts: Accounts, clock: Pick<Clock, "now">): Reservations {
  let line: Waiting[] = [];
  let leasing = false;

  const take = (
    of: readonly Account[],
    bound: Bound,
    maxOutputTokens = bound.maxOutputTokens,
  ): Reservation | undefined => {
    const amount = costAt(bound, maxOutputTokens);
    const shares = of.map(accounts.current);
    return accounts.reserve(shares, amount) ? { shares, amount, maxOutputTokens } : undefined;
  };

  /** After the store gave what it had: less output where it was not enough. */
  const takeLess = ({ accounts: of, bound }: Waiting): Reservation | GatewayError => {
    const free = Math.min(...of.map((account) => accounts.current(account).free));
    const tokens = Math.min(bound.maxOutputTokens, affordable(bound, free));
    const least = Math.min(MIN_OUTPUT_TOKENS, bound.maxOutputTokens);
    const taken = tokens >= least ? take(of, bound, tokens) : undefined;
    if (taken) return taken;
    const refusing = tightest(of, accounts);
    refusing.refusedAtMs = clock.now();
    return budgetExceeded(refusing, costAt(bound, least));
  };

  const serveLine = async (): Promise<void> => {
    leasing = true;
    while (line.length > 0) {
      const served = line;
      line = [];
      try {
        const { of, calls } = lacking(served, accounts);
        if (of.length > 0) await accounts.lease(of, calls);
        for (const waiting of served) serve(waiting);
      } catch (cause) {
        for (const { reject } of served) reject(cause);
      }
    }
    leasing = false;
  };

  const serve = (waiting: Waiting): void => {
    const taken = take(waiting.accounts, waiting.bound);
    waiting.turns += 1;
    if (taken) waiting.resolve(taken);
    // Others were quicker, or the window turned: there is more to be had.
    else if (waiting.turns < MAX_TURNS && hasMore(waiting, accounts)) line.push(waiting);
    else waiting.resolve(takeLess(waiting));
  };

  return {
    take,
    wait(of, bound) {
      return new Promise((resolve, reject) => {
        line.push({ accounts: of, bound, turns: 0, resolve, reject });
        if (!leasing) void serveLine();
      });
    },
  };
}

/** Whose budget refuses. The other levels' leases are as small, since none takes what a call cannot have on all. */
function tightest(of: readonly Account[], accounts: Accounts): Account {
  const left = (account: Account) => accounts.current(account).free + account.rest;
  return of.reduce((a, b) => (left(b) < left(a) ? b : a));
}

/** The accounts whose leases are too small for all who wait, and what each of these needs of them. */
function lacking(line: readonly Waiting[], accounts: Accounts): { of: Account[]; calls: LeaseCall[] } {
  const needs = new Map<Account, number>();
  const amounts = line.map(({ bound }) => costAt(bound, bound.maxOutputTokens));
  for (const [i, { accounts: of }] of line.entries())
    for (const account of of) needs.set(account, (needs.get(account) ?? 0) + amounts[i]!);
  const of = [...needs].filter(([account, need]) => need > accounts.current(account).free).map(([account]) => account);
  const places = new Map(of.map((account, at) => [account, at]));
  const calls = line.map((waiting, i) => ({
    requests: waiting.accounts.map((account) => places.get(account)).filter((at) => at !== undefined),
    amountNanoUsd: amounts[i]!,
  }));
  return { of, calls: calls.filter(({ requests }) => requests.length > 0) };
}

/** Whether the store has something left wherever this call is short. */
function hasMore({ accounts: of, bound }: Waiting, accounts: Accounts): boolean {
  const amount = costAt(bound, bound.maxOutputTokens);
  return of.every((account) => {
    const { free, id } = accounts.current(account);
    return free >= amount || id === undefined || account.rest > 0;
  });
}

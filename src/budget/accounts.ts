/**
 * What this node holds of every budget, in memory. An account has a lease: money the store has set aside for this node
 * in one window of one budget. Calls reserve and settle inside leases in one turn of the event loop; only a lease that
 * is too small costs a round trip to the store. Since a lease counts as spent until it is given back, no interleaving
 * of calls, nodes and crashes can make a budget spend more than its limit.
 */
import type { Clock, Log } from "../canonical/deps.ts";
import type { BudgetPort, Lease, LeaseCall } from "../store/budget-ports.ts";
import type { Budget } from "./levels.ts";
import { type Window, windowAt } from "./windows.ts";

/** A window of a budget and what this node holds of it. All money in integer nano-USD. */
export interface Share extends Window {
  readonly account: Account;
  /** Its id in the store, once a lease was taken. */
  id: number | undefined;
  /** Leased and neither reserved nor spent. */
  free: number;
  /** Held for attempts that have not ended. */
  reserved: number;
  /** Settled, and on its way into the ledger. */
  queued: number;
}

export interface Account {
  budget: Budget;
  share: Share;
  /** In what counts now, as far as this node knows. */
  spent: number;
  /** In any window, for attempts that have not ended. */
  reserved: number;
  /** In any window, settled and on its way into the ledger. */
  queued: number;
  /** What the store had left after the last lease. */
  rest: number;
  meanCost: number;
  meanNeed: number;
  /** What a lease holds beyond the need of the moment. */
  slice: number;
  leasedAtMs: number;
  /** Settled since then. */
  settled: number;
  /** The most that was reserved at once since leases were last tidied. */
  peakReserved: number;
  usedAtMs: number;
  /** When it refused the last call that asked it; undefined where it let that one through. */
  refusedAtMs: number | undefined;
  /** A lease is on its way that nobody waits for. */
  filling: boolean;
}

export interface Accounts {
  /** The account of a budget, with its present limit. */
  of(budget: Budget): Account;
  /** The share of the current window. */
  current(account: Account): Share;
  /** Takes `amount` from all or, when any lease is too small, from none. */
  reserve(shares: readonly Share[], amount: number): boolean;
  /** Ends a reservation. What it really cost goes on to the ledger. */
  settle(shares: readonly Share[], amount: number, cost: number): void;
  /** Asks the store for what the calls lack. Resolves when leases have grown as far as the budgets allow. */
  lease(of: readonly Account[], calls: readonly LeaseCall[]): Promise<void>;
  /** Fills accounts with what the store remembers, so that status and metrics are right before the first call. */
  load(budgets: readonly Budget[]): Promise<void>;
  /** Gives back what is more than a slice, all of it where nothing happened for a while. */
  tidy(): void;
  /** Gives everything back. */
  stop(): Promise<void>;
  find(id: string): Account | undefined;
  /** The store has taken `amount` off what a budget has spent. */
  lower(id: string, amount: number): void;
}

/** One process owns the store. */
export const NODE = "local";
const MEAN_WEIGHT = 0.1;
/** What a lease holds beyond the need of the moment, in calls of average cost: what little traffic needs. */
const SLICE_CALLS = 20;
/** Under heavy traffic it lasts about as long as this: each top-up is a commit, and a commit takes milliseconds. */
const SLICE_MS = 500;
/** A lease is topped up before anybody has to wait for it: when less than this part of a slice is free. */
const LOW_SHARE = 0.5;
/** Kept free for the next calls' upper bounds, which are mostly far above what calls cost. */
const READY_CALLS = 4;
/** A free lease never locks up more of a budget than this part of its rest. */
const REST_SHARE = 20;
const IDLE_MS = 10_000;
/** Accounts of end users come and go; beyond these many, idle ones are closed. */
const MAX_ACCOUNTS = 20_000;

export function createAccounts(store: BudgetPort, clock: Clock, log: Log): Accounts {
  const accounts = new Map<string, Account>();

  /** An amount below zero takes more, whatever is left: an attempt may cost what no bound foresaw, and it counts. */
  const giveBack = async (shares: readonly { share: Share; amount: number }[]): Promise<void> => {
    const amounts: { window: number; amountNanoUsd: number }[] = [];
    for (const { share, amount } of shares) {
      if (share.id === undefined || amount === 0) continue;
      share.free -= amount;
      amounts.push({ window: share.id, amountNanoUsd: amount });
    }
    if (amounts.length === 0) return;
    try {
      await store.giveBack(NODE, amounts);
    } catch (cause) {
      for (const { share, amount } of shares) if (share.id !== undefined) share.free += amount;
      log("warn", "budget leases could not be given back; trying again later", { cause });
    }
  };

  const turn = (account: Account, nowMs: number): Share => {
    const { budget, share } = account;
    account.share = newShare(account, nowMs);
    account.rest = 0;
    account.refusedAtMs = undefined;
    if (share.free !== 0) void giveBack([{ share, amount: share.free }]);
    // A rolling budget goes on counting what was spent before; how much of it, the store tells.
    if (!budget.rolling) account.spent = 0;
    else if (account.spent > 0) void recount(account);
    return account.share;
  };

  const apply = (share: Share, lease: Lease): void => {
    const { account } = share;
    share.id = lease.window;
    share.free += lease.grantedNanoUsd;
    account.rest = lease.restNanoUsd;
    if (account.share === share) account.spent = lease.spentNanoUsd + queuedNow(account);
    else void giveBack([{ share, amount: share.free }]);
  };

  /** Asks what counts now, and for no money. */
  const recount = async (account: Account): Promise<void> => {
    const { share } = account;
    const { id: budget, limitNanoUsd } = account.budget;
    const { startMs, fromMs, free: freeNanoUsd } = share;
    const request = { budget, startMs, fromMs, limitNanoUsd, freeNanoUsd, sliceNanoUsd: 0 };
    try {
      const [known] = await store.lease(NODE, [request], []);
      if (known) apply(share, known);
    } catch (cause) {
      log("debug", "what a rolling budget has spent could not be read", { cause });
    }
  };

  const lease = async (of: readonly Account[], calls: readonly LeaseCall[]): Promise<void> => {
    const shares = of.map(({ share }) => share);
    const nowMs = clock.now();
    const requests = of.map((account) => {
      const { id, limitNanoUsd } = account.budget;
      const { startMs, fromMs, free } = account.share;
      const sliceNanoUsd = measureSlice(account, nowMs);
      return { budget: id, startMs, fromMs, limitNanoUsd, freeNanoUsd: free, sliceNanoUsd };
    });
    const granted = await store.lease(NODE, requests, calls);
    for (const [index, lease] of granted.entries()) apply(shares[index]!, lease);
  };

  /** Grows leases that will soon be used up. Nobody waits for it, and when it fails nobody has lost anything. */
  const fill = (shares: readonly Share[]): void => {
    const low = shares.map(({ account }) => account).filter(isLow);
    for (const account of low) account.filling = true;
    lease(low, [])
      .catch((cause) => log("debug", "budget leases could not be topped up", { cause }))
      .finally(() => {
        for (const account of low) account.filling = false;
      });
  };

  const makeRoom = (): void => {
    let looked = 0;
    for (const [id, account] of accounts) {
      if (accounts.size < MAX_ACCOUNTS || looked++ > READY_CALLS) return;
      const { share, budget } = account;
      if (budget.scope !== "user" || account.reserved > 0 || account.queued > 0) continue;
      accounts.delete(id);
      void giveBack([{ share, amount: share.free }]);
    }
  };

  return {
    of(budget) {
      const known = accounts.get(budget.id);
      if (known) {
        if (known.budget !== budget) relimit(known, budget, giveBack);
        return known;
      }
      makeRoom();
      const account = newAccount(budget, clock.now());
      accounts.set(budget.id, account);
      return account;
    },
    current(account) {
      const { share } = account;
      const nowMs = clock.now();
      return nowMs < share.endMs ? share : turn(account, nowMs);
    },
    reserve(shares, amount) {
      for (const share of shares) if (share.free < amount) return false;
      let low = false;
      for (const share of shares) {
        const { account } = share;
        share.free -= amount;
        share.reserved += amount;
        account.reserved += amount;
        account.refusedAtMs = undefined;
        if (share.reserved > account.peakReserved) account.peakReserved = share.reserved;
        account.meanNeed = mean(account.meanNeed, amount);
        low ||= isLow(account);
      }
      if (low) fill(shares);
      return true;
    },
    settle(shares, amount, cost) {
      const nowMs = clock.now();
      for (const share of shares) {
        const { account } = share;
        share.reserved -= amount;
        account.reserved -= amount;
        share.free += amount - cost;
        share.queued += cost;
        account.queued += cost;
        account.usedAtMs = nowMs;
        account.settled += cost;
        if (account.share === share || account.budget.rolling) account.spent += cost;
        if (cost > 0) account.meanCost = mean(account.meanCost, cost);
        if (share.free < 0 || (account.share !== share && share.free > 0))
          void giveBack([{ share, amount: share.free }]);
      }
    },
    lease,
    async load(budgets) {
      if (budgets.length === 0) return;
      const windows = await store.windows();
      const byBudget = Map.groupBy(windows, ({ budget }) => budget);
      for (const budget of budgets) {
        const account = this.of(budget);
        const { fromMs } = this.current(account);
        const counted = (byBudget.get(budget.id) ?? []).filter(({ startMs }) => startMs >= fromMs);
        account.spent = counted.reduce((sum, { spentNanoUsd }) => sum + spentNanoUsd, 0) + queuedNow(account);
      }
    },
    tidy() {
      const nowMs = clock.now();
      const excess: { share: Share; amount: number }[] = [];
      for (const account of accounts.values()) {
        const { share } = account;
        const ready = keepReady(account);
        account.peakReserved = share.reserved;
        if (share.free <= 0) continue;
        const idle = share.reserved === 0 && nowMs - account.usedAtMs > IDLE_MS;
        const amount = share.free - (idle ? 0 : ready);
        if (amount > 0) excess.push({ share, amount });
      }
      void giveBack(excess);
    },
    stop: () => giveBack([...accounts.values()].map(({ share }) => ({ share, amount: share.free }))),
    find: (id) => accounts.get(id),
    lower(id, amount) {
      const account = accounts.get(id);
      if (!account) return;
      account.spent = Math.max(0, account.spent - amount);
      account.refusedAtMs = undefined;
    },
  };
}

function newAccount(budget: Budget, nowMs: number): Account {
  const money = {
    spent: 0,
    reserved: 0,
    queued: 0,
    rest: 0,
    meanCost: 0,
    meanNeed: 0,
    slice: 0,
    settled: 0,
    peakReserved: 0,
    refusedAtMs: undefined,
  };
  const account = { budget, ...money, leasedAtMs: nowMs, usedAtMs: nowMs, filling: false } as Omit<Account, "share">;
  return Object.assign(account, { share: newShare(account as Account, nowMs) });
}

function newShare(account: Account, nowMs: number): Share {
  const { per, rolling } = account.budget;
  return { ...windowAt(per, rolling, nowMs), account, id: undefined, free: 0, reserved: 0, queued: 0 };
}

/** What calls that count now hold. A rolling window has moved on since most of them began, and still counts them. */
export function heldNow({ budget, share, reserved }: Account): number {
  return budget.rolling ? reserved : share.reserved;
}

/** What was spent of what counts now, and is not in the store yet. */
export function queuedNow({ budget, share, queued }: Account): number {
  return budget.rolling ? queued : share.queued;
}

type GiveBack = (shares: readonly { share: Share; amount: number }[]) => Promise<void>;

/** A lower limit holds at once: what was leased under the old one and is not in use goes back. */
function relimit(account: Account, budget: Budget, giveBack: GiveBack): void {
  const lower = budget.limitNanoUsd < account.budget.limitNanoUsd;
  account.budget = budget;
  if (lower) void giveBack([{ share: account.share, amount: account.share.free }]);
}

function isLow({ share, rest, slice, meanCost, filling }: Account): boolean {
  return !filling && rest > 0 && share.free < LOW_SHARE * Math.max(slice, SLICE_CALLS * meanCost);
}

/** The slice to ask for now, by what was spent since the last one. */
function measureSlice(account: Account, nowMs: number): number {
  const perMs = account.settled / Math.max(1, nowMs - account.leasedAtMs);
  account.slice = Math.ceil(Math.max(SLICE_CALLS * account.meanCost, SLICE_MS * perMs));
  account.leasedAtMs = nowMs;
  account.settled = 0;
  return account.slice;
}

/** What the next second is likely to want: calls' upper bounds are mostly far above what they cost. */
function keepReady({ slice, meanNeed, peakReserved, rest, share }: Account): number {
  return Math.floor(
    Math.min(rest / REST_SHARE, Math.max(slice, READY_CALLS * meanNeed, peakReserved - share.reserved)),
  );
}

function mean(before: number, value: number): number {
  return before === 0 ? value : before + MEAN_WEIGHT * (value - before);
}

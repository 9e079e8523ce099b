/** Budgets as operators see them: in lists, in metrics, and to be released or reset. */
import type { Clock } from "../canonical/deps.ts";
import type { BudgetPort, BudgetWindow } from "../store/budget-ports.ts";
import type { AuditEntry } from "../store/ports.ts";
import { type Accounts, heldNow, queuedNow } from "./accounts.ts";
import type { Budget, Levels, Scope } from "./levels.ts";
import { type Period, windowAt } from "./windows.ts";

export interface BudgetStatus {
  /** Short and fit for a path. */
  id: string;
  scope: Scope;
  name: string;
  /** Of an end user's: the level that declares it; null on every other. */
  of: Budget["of"] | null;
  window: Period;
  rolling: boolean;
  model: string | null;
  provider: string | null;
  limitNanoUsd: number;
  /** With the uncertain amount. */
  spentNanoUsd: number;
  /** Held by calls that have not ended. */
  reservedNanoUsd: number;
  /** Of what is spent: leased by a killed process and never seen in the ledger. Known to `list` alone. */
  uncertainNanoUsd: number;
  /**
   * Epoch milliseconds at which it refused the last call that asked it; null where it let that one through, and where
   * none has asked since the window or this process began.
   */
  refusedAtMs: number | null;
  /** Epoch milliseconds; null: never. */
  resetsAtMs: number | null;
}

export function createStatus(accounts: Accounts, store: BudgetPort, clock: Clock) {
  const statusOf = (budget: Budget): BudgetStatus => {
    const account = accounts.find(budget.id);
    const share = account && accounts.current(account);
    const { per, rolling } = budget;
    const { resetMs } = share ?? windowAt(per, rolling, clock.now());
    const { scope, name, of = null, model, provider, limitNanoUsd } = budget;
    return {
      id: publicId(budget.id),
      scope,
      name,
      of,
      window: per,
      rolling,
      model,
      provider,
      limitNanoUsd,
      spentNanoUsd: account?.spent ?? 0,
      reservedNanoUsd: account ? heldNow(account) : 0,
      uncertainNanoUsd: 0,
      refusedAtMs: account?.refusedAtMs ?? null,
      resetsAtMs: Number.isFinite(resetMs) ? resetMs : null,
    };
  };

  const stored = async (levels: Levels): Promise<{ budget: Budget; windows: BudgetWindow[] }[]> => {
    const windows = Map.groupBy(await store.windows(), ({ budget }) => budget);
    const budgets = new Map(levels.all.map((budget) => [budget.id, budget]));
    for (const id of windows.keys()) {
      const budget = budgets.get(id) ?? levels.byId(id);
      if (budget) budgets.set(id, budget);
    }
    return [...budgets.values()].map((budget) => ({ budget, windows: windows.get(budget.id) ?? [] }));
  };

  const change = async (
    levels: Levels,
    id: string,
    how: "release" | "reset",
    audit?: AuditEntry,
  ): Promise<number | undefined> => {
    const found = (await stored(levels)).find(({ budget }) => publicId(budget.id) === id);
    if (!found) return undefined;
    const amount = await store[how](found.budget.id, audit);
    accounts.lower(found.budget.id, how === "reset" ? Number.POSITIVE_INFINITY : amount);
    return amount;
  };

  return {
    statuses: (levels: Levels): BudgetStatus[] => levels.all.map(statusOf),
    async list(levels: Levels): Promise<BudgetStatus[]> {
      const nowMs = clock.now();
      return (await stored(levels)).map(({ budget, windows }) => {
        const { fromMs } = windowAt(budget.per, budget.rolling, nowMs);
        const counted = windows.filter(({ startMs }) => startMs >= fromMs);
        const sum = (amount: "spentNanoUsd" | "uncertainNanoUsd") =>
          counted.reduce((total, window) => total + window[amount], 0);
        const status = statusOf(budget);
        // In memory is what is not yet written; of a rolling budget also what nobody has asked about since.
        const known = accounts.find(budget.id);
        const written = sum("spentNanoUsd");
        const spentNanoUsd = !known ? written : budget.rolling ? written + queuedNow(known) : status.spentNanoUsd;
        return { ...status, spentNanoUsd, uncertainNanoUsd: sum("uncertainNanoUsd") };
      });
    },
    release: (levels: Levels, id: string, audit?: AuditEntry) => change(levels, id, "release", audit),
    reset: (levels: Levels, id: string, audit?: AuditEntry) => change(levels, id, "reset", audit),
  };
}

function publicId(id: string): string {
  return `budget_${new Bun.CryptoHasher("sha256").update(id).digest("hex").slice(0, 20)}`;
}

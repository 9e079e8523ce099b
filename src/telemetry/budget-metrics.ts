import { Gauge, type Registry } from "prom-client";

/** A budget as metrics show it; the budgets' own status has this form. */
export interface BudgetView {
  scope: string;
  name: string;
  window: string;
  rolling: boolean;
  limitNanoUsd: number;
  spentNanoUsd: number;
  reservedNanoUsd: number;
}

const NANO_PER_USD = 1e9;
const FAMILIES = [
  ["limit", "What a budget may spend in its window, in USD.", "limitNanoUsd"],
  ["spent", "What of it is spent, in USD.", "spentNanoUsd"],
  ["reserved", "What of it is held by calls that have not ended, in USD.", "reservedNanoUsd"],
] as const;

/**
 * Budgets of the gateway, customers, teams and keys; end users are too many for labels. Where one level has budgets of
 * the same window for several models or providers, the one with the least left is shown.
 */
export function registerBudgets(registry: Registry, budgets: () => readonly BudgetView[]): void {
  for (const [name, help, amount] of FAMILIES) {
    new Gauge({
      name: `evergate_budget_${name}_usd`,
      help,
      labelNames: ["scope", "name", "window"],
      registers: [registry],
      collect() {
        this.reset();
        for (const [labels, budget] of tightest(budgets())) {
          const [scope, holder, window] = JSON.parse(labels) as [string, string, string];
          this.set({ scope, name: holder, window }, budget[amount] / NANO_PER_USD);
        }
      },
    });
  }
}

function tightest(budgets: readonly BudgetView[]): Map<string, BudgetView> {
  const shown = new Map<string, BudgetView>();
  for (const budget of budgets) {
    const { scope, name, rolling, window } = budget;
    const labels = JSON.stringify([scope, name, rolling ? `rolling-${window}` : window]);
    const other = shown.get(labels);
    if (!other || left(budget) < left(other)) shown.set(labels, budget);
  }
  return shown;
}

function left({ limitNanoUsd, spentNanoUsd, reservedNanoUsd }: BudgetView): number {
  return limitNanoUsd - spentNanoUsd - reservedNanoUsd;
}

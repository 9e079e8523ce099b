/** Budgets as lines, with the ways to take off what they have spent, or what a crash left uncertain. */
import type { Budget } from "../../api/types.ts";
import { useConfirm } from "../../components/confirm.tsx";
import { useAction, useToast } from "../../components/toast.tsx";
import { money } from "../../format.ts";
import { useApi, useHolder } from "../../session.tsx";
import { BudgetLine, windowText } from "./budget-line.tsx";

export interface BudgetListProps {
  budgets: readonly Budget[];
  /** With whose they are. */
  named?: boolean;
  /** Without what an admin may do: it is done where the budget is at home. */
  readOnly?: boolean;
  changed(): void;
}

export function BudgetList({ budgets, named = false, readOnly = false, changed }: BudgetListProps) {
  const isAdmin = useHolder().role === "admin";
  return (
    <ul class="plain budget-items">
      {budgets.map((budget) => (
        <li key={budget.id}>
          <div class="grow">
            {named && (
              <p>
                <strong>{budget.name}</strong> <span class="muted small">{whatOf(budget)}</span>
              </p>
            )}
            <BudgetLine budget={budget} />
          </div>
          {isAdmin && !readOnly && <BudgetActions budget={budget} changed={changed} />}
        </li>
      ))}
    </ul>
  );
}

function BudgetActions({ budget, changed }: { budget: Budget; changed(): void }) {
  const api = useApi();
  const confirm = useConfirm();
  const action = useAction();
  const say = useToast();
  const whose = `${budget.scope} ${budget.name} ${windowText(budget)}`;
  const run = async (verb: "reset" | "release", text: string) => {
    const label = verb === "reset" ? "Reset" : "Release";
    if (!(await confirm({ title: `${label} the budget of ${whose}?`, text, action: label }))) return;
    const path = `/admin/budgets/${budget.id}/${verb}`;
    const result = await action(() => api.send<{ taken_off_usd: string }>("POST", path));
    if (result) say("ok", `${money(result.taken_off_usd)} taken off the budget of ${whose}.`);
    changed();
  };
  return (
    <span class="row">
      {budget.uncertain_usd !== "0" && (
        <button
          type="button"
          class="button small"
          aria-label={`Release what is uncertain in the budget of ${whose}`}
          onClick={() =>
            void run(
              "release",
              `${money(budget.uncertain_usd)} were held when the gateway was killed, and count as spent. Release them if the provider's bill does not hold them.`,
            )
          }
        >
          Release
        </button>
      )}
      <button
        type="button"
        class="button small"
        aria-label={`Reset the budget of ${whose}`}
        onClick={() =>
          void run(
            "reset",
            `${money(budget.spent_usd)} are taken off, so that calls pass again. The ledger keeps its rows.`,
          )
        }
      >
        Reset
      </button>
    </span>
  );
}

/** Beside the name. The gateway's own is called that already. */
function whatOf({ scope, of }: Budget): string {
  if (of) return `user of ${of.scope} ${of.name}`;
  return scope === "gateway" ? "" : scope;
}

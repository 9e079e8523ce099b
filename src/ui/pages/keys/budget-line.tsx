import type { Budget } from "../../api/types.ts";
import { Meter } from "../../components/meter.tsx";
import { useNow } from "../../components/time.tsx";
import { ago, exactMoney, money } from "../../format.ts";
import { usedShare } from "./tree.ts";

/** One budget: spent of its limit, what running calls hold, and when it begins anew. */
export function BudgetLine({ budget }: { budget: Budget }) {
  const now = useNow(30_000);
  const share = usedShare(budget);
  const { spent_usd, reserved_usd, limit_usd, uncertain_usd, resets_at } = budget;
  return (
    <div class="budget-line">
      <div class="budget-line-text">
        <span title={`${exactMoney(spent_usd)} of ${exactMoney(limit_usd)}`}>
          <strong>{money(spent_usd)}</strong> <span class="muted">of {money(limit_usd)}</span>
        </span>
        <span class="muted small">
          {windowText(budget)}
          {resets_at && <span class="nowrap">, anew {ago(resets_at, now)}</span>}
        </span>
      </div>
      <Meter
        share={share}
        label={`${Math.round(share * 100)} % of ${money(limit_usd)} ${windowText(budget)} is used`}
      />
      <div class="muted small budget-line-notes">
        {reserved_usd !== "0" && <span>{money(reserved_usd)} held by running calls</span>}
        {uncertain_usd !== "0" && <span class="warn">{money(uncertain_usd)} uncertain</span>}
      </div>
    </div>
  );
}

export function windowText({ window, rolling, model, provider }: Budget): string {
  const per = window === "total" ? "in total" : rolling ? `per rolling ${window}` : `per ${window}`;
  const only = [model && `model ${model}`, provider && `provider ${provider}`].filter(Boolean).join(", ");
  return only === "" ? per : `${per}, ${only}`;
}

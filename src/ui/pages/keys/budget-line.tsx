import type { Budget } from "../../api/types.ts";
import { Meter, toneOf } from "../../components/meter.tsx";
import { Ago, useNow } from "../../components/time.tsx";
import { ago, exactMoney, money, spentOf } from "../../format.ts";
import { nearness, usedShare } from "../../nearness.ts";

/** One budget: spent of its limit, what running calls hold, and when it begins anew. */
export function BudgetLine({ budget }: { budget: Budget }) {
  const now = useNow(30_000);
  const share = usedShare(budget);
  const { spent_usd, reserved_usd, limit_usd, uncertain_usd, refused_at, resets_at } = budget;
  const [spent, limit] = spentOf(spent_usd, limit_usd);
  return (
    <div class="budget-line">
      <div class="budget-line-text">
        <span title={`${exactMoney(spent_usd)} of ${exactMoney(limit_usd)}`}>
          <strong>{spent}</strong> <span class="muted">of {limit}</span>
        </span>
        <span class="muted small">
          {windowText(budget)}
          {resets_at && <span class="nowrap">, anew {ago(resets_at, now)}</span>}
        </span>
      </div>
      <Meter
        share={share}
        tone={toneOf(nearness(budget))}
        label={`${Math.round(share * 100)} % of ${limit} ${windowText(budget)} is used`}
      />
      <div class="muted small budget-line-notes">
        {refused_at !== null && (
          <span class="bad">
            too little left for the last call, <Ago at={refused_at} />
          </span>
        )}
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

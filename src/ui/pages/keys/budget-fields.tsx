/** Budgets as rows of fields. */
import { Icon } from "../../components/icon.tsx";
import type { BudgetRule } from "./types.ts";

export interface BudgetDraft {
  limitUsd: string;
  per: string;
  rolling: boolean;
  model: string;
  provider: string;
}

const WINDOWS = ["minute", "hour", "day", "week", "month", "quarter", "year", "total"];

export interface BudgetFieldsProps {
  legend: string;
  drafts: readonly BudgetDraft[];
  error: string | undefined;
  onChange(drafts: BudgetDraft[]): void;
}

export function BudgetFields({ legend, drafts, error, onChange }: BudgetFieldsProps) {
  const change = (at: number, changes: Partial<BudgetDraft>) =>
    onChange(drafts.map((draft, index) => (index === at ? { ...draft, ...changes } : draft)));
  return (
    <fieldset class="field">
      <legend>{legend}</legend>
      {drafts.map((draft, index) => (
        <div key={index} class="budget-field">
          <input
            aria-label={`Limit in USD of budget ${index + 1}`}
            inputMode="decimal"
            placeholder="USD"
            value={draft.limitUsd}
            onInput={(event) => change(index, { limitUsd: event.currentTarget.value })}
          />
          <select
            aria-label={`Window of budget ${index + 1}`}
            value={`${draft.rolling ? "rolling " : ""}${draft.per}`}
            onChange={(event) => change(index, windowOf(event.currentTarget.value))}
          >
            {WINDOWS.map((per) => (
              <option key={per} value={per}>
                {per === "total" ? "in total" : `per ${per}`}
              </option>
            ))}
            {WINDOWS.filter((per) => per !== "total").map((per) => (
              <option key={`rolling ${per}`} value={`rolling ${per}`}>
                per rolling {per}
              </option>
            ))}
          </select>
          <input
            aria-label={`Only this model, budget ${index + 1}`}
            placeholder="every model"
            spellcheck={false}
            value={draft.model}
            onInput={(event) => change(index, { model: event.currentTarget.value })}
          />
          <button
            type="button"
            class="button quiet icon-only"
            aria-label={`Remove budget ${index + 1}`}
            onClick={() => onChange(drafts.filter((_, other) => other !== index))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <button type="button" class="button small self-start" onClick={() => onChange([...drafts, EMPTY])}>
        <Icon name="plus" />
        Add a budget
      </button>
      {error !== undefined && (
        <span class="field-error" role="alert">
          {error}
        </span>
      )}
    </fieldset>
  );
}

const EMPTY: BudgetDraft = { limitUsd: "", per: "day", rolling: false, model: "", provider: "" };

function windowOf(value: string): Pick<BudgetDraft, "per" | "rolling"> {
  const rolling = value.startsWith("rolling ");
  return { per: rolling ? value.slice("rolling ".length) : value, rolling };
}

export function draftsOf(rules: readonly BudgetRule[] | null | undefined): BudgetDraft[] {
  return (rules ?? []).map(({ limitUsd, per, rolling = false, model = "", provider = "" }) => ({
    limitUsd: String(limitUsd),
    per,
    rolling,
    model,
    provider,
  }));
}

/** Null for none. A limit that is no number goes as it is: the gateway says what is wrong with it. */
export function rulesOf(drafts: readonly BudgetDraft[]): unknown[] | null {
  const rules = drafts
    .filter(({ limitUsd }) => limitUsd.trim() !== "")
    .map(({ limitUsd, per, rolling, model, provider }) => ({
      limitUsd: numberIn(limitUsd),
      per,
      ...(rolling && { rolling }),
      ...(model.trim() !== "" && { model: model.trim() }),
      ...(provider.trim() !== "" && { provider: provider.trim() }),
    }));
  return rules.length === 0 ? null : rules;
}

export function numberIn(text: string): number | string {
  const value = Number(text);
  return text.trim() === "" || Number.isNaN(value) ? text : value;
}

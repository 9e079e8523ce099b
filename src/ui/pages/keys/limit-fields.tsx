import { numberIn } from "./budget-fields.tsx";
import { LIMIT_NAMES, type Limits } from "./types.ts";

export type LimitDraft = Record<keyof Limits, string>;

export interface LimitFieldsProps {
  legend: string;
  draft: LimitDraft;
  error: string | undefined;
  onChange(draft: LimitDraft): void;
}

/** Rates and the number of calls at once; empty: no limit. */
export function LimitFields({ legend, draft, error, onChange }: LimitFieldsProps) {
  return (
    <fieldset class="field">
      <legend>{legend}</legend>
      <div class="limit-fields">
        {(Object.keys(LIMIT_NAMES) as (keyof Limits)[]).map((name) => (
          <label key={name} class="field">
            <span class="small muted">{LIMIT_NAMES[name]}</span>
            <input
              inputMode="numeric"
              placeholder="no limit"
              value={draft[name]}
              onInput={(event) => onChange({ ...draft, [name]: event.currentTarget.value })}
            />
          </label>
        ))}
      </div>
      {error !== undefined && (
        <span class="field-error" role="alert">
          {error}
        </span>
      )}
    </fieldset>
  );
}

export function limitDraftOf(limits: Limits | null | undefined): LimitDraft {
  const of = (name: keyof Limits) => String(limits?.[name] ?? "");
  return {
    requestsPerMinute: of("requestsPerMinute"),
    tokensPerMinute: of("tokensPerMinute"),
    requestsPerDay: of("requestsPerDay"),
    maxConcurrent: of("maxConcurrent"),
  };
}

/** Null for none. */
export function limitsOf(draft: LimitDraft): Record<string, unknown> | null {
  const set = Object.entries(draft).filter(([, text]) => text.trim() !== "");
  return set.length === 0 ? null : Object.fromEntries(set.map(([name, text]) => [name, numberIn(text)]));
}

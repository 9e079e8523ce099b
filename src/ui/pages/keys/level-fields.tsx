/** The fields of a key, team or customer, and what is sent of them. */
import { Field } from "../../components/field.tsx";
import { type BudgetDraft, BudgetFields, draftsOf, rulesOf } from "./budget-fields.tsx";
import { type LimitDraft, LimitFields, limitDraftOf, limitsOf } from "./limit-fields.tsx";
import { listText, readList, readTags, tagsText } from "./list-text.ts";
import type { Kind, Level } from "./types.ts";

export interface Draft {
  name: string;
  team: string;
  customer: string;
  budgets: BudgetDraft[];
  limits: LimitDraft;
  userBudgets: BudgetDraft[];
  userLimits: LimitDraft;
  models: string;
  providers: string;
  tags: string;
  expires: string;
  ips: string;
}

export function draftOf(view?: Level): Draft {
  return {
    name: view?.name ?? "",
    team: view?.team ?? "",
    customer: view?.customer ?? "",
    budgets: draftsOf(view?.budgets),
    limits: limitDraftOf(view?.limits),
    userBudgets: draftsOf(view?.perUser?.budgets),
    userLimits: limitDraftOf(view?.perUser?.limits),
    models: listText(view?.models ?? null),
    providers: listText(view?.providers ?? null),
    tags: tagsText(view?.tags ?? null),
    expires: view?.expires ?? "",
    ips: listText(view?.ips ?? null),
  };
}

/** What differs from `view`; of a new one what is set. Throws for tags that are none. */
export function settingsOf(kind: Kind, draft: Draft, view?: Level): Record<string, unknown> {
  const userBudgets = rulesOf(draft.userBudgets);
  const userLimits = limitsOf(draft.userLimits);
  const perUser =
    userBudgets || userLimits
      ? { ...(userBudgets && { budgets: userBudgets }), ...(userLimits && { limits: userLimits }) }
      : null;
  const settings: Record<string, unknown> = {
    ...(kind === "keys" && { team: draft.team || null }),
    ...(kind !== "customers" && { customer: draft.customer || null }),
    budgets: rulesOf(draft.budgets),
    limits: limitsOf(draft.limits),
    perUser,
    models: readList(draft.models),
    providers: readList(draft.providers),
    tags: readTags(draft.tags),
    expires: draft.expires.trim() || null,
    ips: readList(draft.ips),
  };
  const before = (view ?? {}) as unknown as Record<string, unknown>;
  const changed = Object.entries(settings).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name] ?? null),
  );
  return { ...(!view && { name: draft.name.trim() }), ...Object.fromEntries(changed) };
}

export interface LevelFieldsProps {
  kind: Kind;
  isNew: boolean;
  draft: Draft;
  teams: readonly string[];
  customers: readonly string[];
  errorOf(field: string): string | undefined;
  onChange(draft: Draft): void;
}

export function LevelFields({ kind, isNew, draft, teams, customers, errorOf, onChange }: LevelFieldsProps) {
  const set = (changes: Partial<Draft>) => onChange({ ...draft, ...changes });
  return (
    <>
      {isNew && <NameField draft={draft} errorOf={errorOf} set={set} />}
      {kind === "keys" && (
        <Choice name="team" label="Team" value={draft.team} options={teams} error={errorOf("team")} set={set} />
      )}
      {kind !== "customers" && draft.team === "" && (
        <Choice
          name="customer"
          label="Customer"
          value={draft.customer}
          options={customers}
          error={errorOf("customer")}
          set={set}
        />
      )}
      <BudgetFields
        legend="Budgets"
        drafts={draft.budgets}
        error={errorOf("budgets")}
        onChange={(budgets) => set({ budgets })}
      />
      <LimitFields
        legend="Limits"
        draft={draft.limits}
        error={errorOf("limits")}
        onChange={(limits) => set({ limits })}
      />
      <TextField
        name="models"
        label="Models"
        hint="Public models it may use, with commas between; empty: all."
        draft={draft}
        errorOf={errorOf}
        set={set}
      />
      <TextField
        name="expires"
        label="Expires"
        hint="2027-12-31 or 2027-12-31T18:00:00Z; empty: never."
        draft={draft}
        errorOf={errorOf}
        set={set}
      />
      <MoreFields draft={draft} errorOf={errorOf} set={set} />
    </>
  );
}

interface PartProps extends Pick<LevelFieldsProps, "draft" | "errorOf"> {
  set(changes: Partial<Draft>): void;
}

function NameField({ draft, errorOf, set }: PartProps) {
  return (
    <Field label="Name" error={errorOf("name")}>
      <input
        name="name"
        required
        spellcheck={false}
        autoComplete="off"
        value={draft.name}
        aria-invalid={errorOf("name") !== undefined}
        onInput={(event) => set({ name: event.currentTarget.value })}
      />
    </Field>
  );
}

/** What is seldom set. */
function MoreFields({ draft, errorOf, set }: PartProps) {
  const hasMore =
    [draft.providers, draft.tags, draft.ips].some((value) => value !== "") || draft.userBudgets.length > 0;
  return (
    <details open={hasMore}>
      <summary>More settings</summary>
      <div class="stack more-fields">
        <TextField
          name="providers"
          label="Providers"
          hint="Those it may be served by; empty: all."
          draft={draft}
          errorOf={errorOf}
          set={set}
        />
        <TextField
          name="tags"
          label="Tags"
          hint="name=value, with commas between; they are in the log and in reports."
          draft={draft}
          errorOf={errorOf}
          set={set}
        />
        <TextField
          name="ips"
          label="Addresses"
          hint="Addresses and ranges it may call from: 10.0.0.0/8; empty: all."
          draft={draft}
          errorOf={errorOf}
          set={set}
        />
        <BudgetFields
          legend="Budgets of each end user"
          drafts={draft.userBudgets}
          error={errorOf("perUser")}
          onChange={(userBudgets) => set({ userBudgets })}
        />
        <LimitFields
          legend="Limits of each end user"
          draft={draft.userLimits}
          error={undefined}
          onChange={(userLimits) => set({ userLimits })}
        />
      </div>
    </details>
  );
}

interface TextFieldProps extends PartProps {
  name: "models" | "providers" | "tags" | "expires" | "ips";
  label: string;
  hint: string;
}

function TextField({ name, label, hint, draft, errorOf, set }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={errorOf(name)}>
      <input
        name={name}
        spellcheck={false}
        autoComplete="off"
        value={draft[name]}
        onInput={(event) => set({ [name]: event.currentTarget.value })}
      />
    </Field>
  );
}

interface ChoiceProps {
  name: "team" | "customer";
  label: string;
  value: string;
  options: readonly string[];
  error: string | undefined;
  set(changes: Partial<Draft>): void;
}

function Choice({ name, label, value, options, error, set }: ChoiceProps) {
  return (
    <Field label={label} error={error}>
      <select name={name} value={value} onChange={(event) => set({ [name]: event.currentTarget.value })}>
        <option value="">none</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </Field>
  );
}

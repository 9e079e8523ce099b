import { useEffect, useState } from "preact/hooks";
import type { Stats } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { Icon } from "../../components/icon.tsx";
import { dateTime } from "../../format.ts";
import { useQuery } from "../../location.tsx";

/** The filters of `/admin/requests`, all unset. */
export const NO_FILTERS = {
  model: "",
  provider: "",
  target: "",
  key: "",
  team: "",
  status: "",
  failover: "",
  cache: "",
  from: "",
  to: "",
  text: "",
};

type Name = keyof typeof NO_FILTERS;

/** A pause in typing that counts as its end. */
const TYPED_AFTER_MS = 300;

const STATUSES = [
  ["", "any"],
  ["2xx", "2xx: answered"],
  ["4xx", "4xx: refused"],
  ["5xx", "5xx: failed"],
] as const;
const FAILOVERS = [
  ["", "any"],
  ["true", "failed over"],
  ["false", "first choice"],
] as const;
const CACHES = [
  ["", "any"],
  ["hit", "from the cache"],
  ["exact", "exact hit"],
  ["semantic", "semantic hit"],
  ["miss", "miss"],
  ["off", "not asked"],
] as const;
const TIMES = [
  ["", "any time"],
  ["-1h", "last hour"],
  ["-24h", "last 24 hours"],
  ["-7d", "last 7 days"],
  ["-30d", "last 30 days"],
] as const;

export function Filters() {
  const [filters, setFilters] = useQuery(NO_FILTERS);
  const [open, setOpen] = useState(false);
  const names = useNames();
  const active = Object.values(filters).filter(Boolean).length;
  const set = (name: Name) => (value: string) => setFilters({ [name]: value }, { replace: true });
  const choice = (name: Name, label: string, options: Options) => (
    <Choice label={label} options={options} value={filters[name]} onChange={set(name)} />
  );
  const typed = (name: "model" | "provider" | "target" | "key" | "team", label: string) => (
    <Typed
      label={label}
      value={filters[name]}
      onChange={set(name)}
      suggestions={name === "target" ? [] : names[name]}
    />
  );
  return (
    <search class="filters" aria-label="Filters">
      <div class="filters-row">
        <Typed
          label="Search"
          value={filters.text}
          onChange={set("text")}
          placeholder="id, error, words of the content"
        />
        <button
          type="button"
          class="button filters-button"
          aria-expanded={open}
          aria-controls="filter-fields"
          onClick={() => setOpen(!open)}
        >
          Filters{active > 0 && ` (${active})`}
        </button>
      </div>
      <div id="filter-fields" class={open ? "filter-fields open" : "filter-fields"}>
        {choice("from", "Time", timeOptions(filters.from))}
        {choice("status", "Status", withCurrent(STATUSES, filters.status))}
        {choice("failover", "Failover", FAILOVERS)}
        {choice("cache", "Cache", CACHES)}
        {typed("model", "Model")}
        {typed("provider", "Provider")}
        {/* It comes by links from the routes; to choose from, provider and model are enough. */}
        {filters.target !== "" && typed("target", "Target")}
        {typed("key", "Key")}
        {typed("team", "Team")}
      </div>
      {(filters.to !== "" || active > 0) && (
        <p class="small row">
          {filters.to !== "" && <span class="muted">until {timeText(filters.to)}</span>}
          <button type="button" class="button quiet small" onClick={() => setFilters(NO_FILTERS)}>
            <Icon name="close" />
            Clear {active === 1 ? "the filter" : "all filters"}
          </button>
        </p>
      )}
    </search>
  );
}

type Options = readonly (readonly [value: string, text: string])[];

function Choice({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: Options;
  value: string;
  onChange(value: string): void;
}) {
  return (
    <label class="filter">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TypedProps {
  label: string;
  value: string;
  onChange(value: string): void;
  suggestions?: readonly string[];
  placeholder?: string;
}

function Typed({ label, value, onChange, suggestions = [], placeholder }: TypedProps) {
  const [text, setText] = useState(value);
  const list = `suggestions-${label}`;
  useEffect(() => setText(value), [value]);
  // Only what was typed starts the wait.
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text.trim()), TYPED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label class="filter">
      <span>{label}</span>
      <input
        type="search"
        value={text}
        placeholder={placeholder ?? "any"}
        list={suggestions.length > 0 ? list : undefined}
        autoComplete="off"
        spellcheck={false}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {suggestions.length > 0 && (
        <datalist id={list}>
          {suggestions.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
    </label>
  );
}

/** Names that were called of late, to choose from. */
function useNames(): Record<"model" | "provider" | "key" | "team", string[]> {
  const answers = useData<Stats>("/admin/stats?from=-7d&group_by=model,provider").data?.data ?? [];
  const callers = useData<Stats>("/admin/stats?from=-24h&group_by=key,team").data?.data ?? [];
  const distinct = (values: (string | null | undefined)[]) =>
    [...new Set(values)].filter((value) => !!value).sort() as string[];
  return {
    model: distinct(answers.map(({ model }) => model)),
    provider: distinct(answers.map(({ provider }) => provider)),
    key: distinct(callers.map(({ key }) => key)),
    team: distinct(callers.map(({ team }) => team)),
  };
}

/** A value that came by a link, such as `503`, is an option of its own. */
function withCurrent(options: Options, value: string): Options {
  return options.some(([option]) => option === value) ? options : [...options, [value, value]];
}

function timeOptions(from: string): Options {
  return TIMES.some(([value]) => value === from) ? TIMES : [...TIMES, [from, `since ${timeText(from)}`]];
}

function timeText(value: string): string {
  if (/^-\d+[mhd]$/.test(value)) return `${value.slice(1)} ago`;
  return Number.isNaN(Date.parse(value)) ? value : dateTime(value);
}

/** Who changed what, newest first. */
import { useList } from "../../api/use-list.ts";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Field } from "../../components/field.tsx";
import { Ago } from "../../components/time.tsx";
import { dateTime } from "../../format.ts";
import { link, useQuery } from "../../location.tsx";
import { changesOf } from "./changes.ts";

interface AuditRow {
  id: number;
  at: string;
  actor: string;
  remote_address: string | null;
  action: string;
  resource: string;
  resource_id: string;
  name: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

const NO_FILTERS = { actor: "", action: "", resource: "", resource_id: "", from: "" };
const RESOURCES = [
  "key",
  "team",
  "customer",
  "budget",
  "target",
  "provider",
  "model",
  "cache",
  "configuration",
  "session",
];
const ACTIONS = ["create", "update", "rotate", "delete", "reset", "release", "drain", "restore", "reload"];
const TIMES = [
  ["", "Any time"],
  ["-1h", "Last hour"],
  ["-24h", "Last 24 hours"],
  ["-7d", "Last 7 days"],
  ["-30d", "Last 30 days"],
] as const;

export function Audit() {
  const [filters, setFilters] = useQuery(NO_FILTERS);
  const { rows, error, more, busy, loadMore, reload } = useList<AuditRow>(link("/admin/audit", filters));
  return (
    <Card title="Audit trail">
      <Filters filters={filters} set={setFilters} />
      {error && <ErrorPanel error={error} retry={reload} />}
      {rows && (
        <DataTable
          caption="Changes, newest first"
          rows={rows}
          rowKey={({ id }) => String(id)}
          empty={
            <Empty
              title={
                isFiltered(filters)
                  ? "No change fits."
                  : "Nothing was changed yet. Every change of keys, budgets, targets and the configuration will stand here."
              }
            />
          }
          columns={[
            { title: "Change", main: true, cell: (row) => <What row={row} /> },
            { title: "From and to", cell: (row) => <Changes row={row} /> },
            {
              title: "Who",
              cell: ({ actor, remote_address }) => <span title={remote_address ?? undefined}>{actor}</span>,
            },
            {
              title: "When",
              cell: ({ at }) => (
                <span title={dateTime(at)}>
                  <Ago at={at} />
                </span>
              ),
            },
          ]}
        />
      )}
      {more && (
        <button type="button" class="button more" disabled={busy} onClick={loadMore}>
          Show more
        </button>
      )}
    </Card>
  );
}

type FilterValues = typeof NO_FILTERS;

function isFiltered(filters: FilterValues): boolean {
  return Object.values(filters).some((value) => value !== "");
}

function Filters({ filters, set }: { filters: FilterValues; set(changes: Partial<FilterValues>): void }) {
  return (
    <div class="audit-filters">
      <Choice label="What" name="resource" value={filters.resource} options={["", ...RESOURCES]} set={set} />
      <Choice label="Change" name="action" value={filters.action} options={["", ...ACTIONS]} set={set} />
      <Field label="When">
        <select name="from" value={filters.from} onChange={(event) => set({ from: event.currentTarget.value })}>
          {TIMES.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Who">
        <input
          name="actor"
          placeholder="admin token"
          value={filters.actor}
          onChange={(event) => set({ actor: event.currentTarget.value.trim() })}
        />
      </Field>
      {isFiltered(filters) && (
        <a class="button" href={link("/ui/settings", { show: "audit" })}>
          Show all
        </a>
      )}
    </div>
  );
}

function What({ row: { action, resource, resource_id, name } }: { row: AuditRow }) {
  const filter = link("/ui/settings", { show: "audit", resource, resource_id });
  return (
    <span class="audit-what">
      {action.replace("_", " ")} {resource} {resource_id === "" ? name : <a href={filter}>{name ?? resource_id}</a>}
    </span>
  );
}

const SHOWN = 3;

function Changes({ row: { before, after } }: { row: AuditRow }) {
  const changes = changesOf(before, after);
  if (changes.length === 0) return null;
  const list = (some: typeof changes) => (
    <dl class="diff mono">
      {some.map(({ field, before: old, after: now }) => (
        <div key={field}>
          <dt>{field}</dt>
          <dd>
            {old !== null && <del>{old}</del>} {now !== null && <ins>{now}</ins>}
            {now === null && <span class="muted">taken away</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
  return (
    <div>
      {list(changes.slice(0, SHOWN))}
      {changes.length > SHOWN && (
        <details>
          <summary class="small">{changes.length - SHOWN} more</summary>
          {list(changes.slice(SHOWN))}
        </details>
      )}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  name: "resource" | "action";
  value: string;
  options: readonly string[];
  set(changes: Partial<typeof NO_FILTERS>): void;
}

function Choice({ label, name, value, options, set }: ChoiceProps) {
  // An address may name what this page has not heard of.
  const all = options.includes(value) ? options : [...options, value];
  return (
    <Field label={label}>
      <select name={name} value={value} onChange={(event) => set({ [name]: event.currentTarget.value })}>
        {all.map((option) => (
          <option key={option} value={option}>
            {option === "" ? "Everything" : option}
          </option>
        ))}
      </select>
    </Field>
  );
}

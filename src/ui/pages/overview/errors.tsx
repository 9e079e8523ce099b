import type { List, RequestRow, Stats } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { StatusBadge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Ago } from "../../components/time.tsx";
import { count } from "../../format.ts";
import { link } from "../../location.tsx";
import type { Range } from "../../ranges.ts";

const SAMPLE = 100;
const SHOWN = 6;

/** The commonest errors that clients saw, from the newest of each class; the totals are of the whole range. */
export function Errors({ range }: { range: Range }) {
  const since = `from=-${range.name}`;
  const totals = useData<Stats>(`/admin/stats?${since}&group_by=status`, range.refreshMs);
  const server = useData<List<RequestRow>>(`/admin/requests?status=5xx&${since}&limit=${SAMPLE}`, range.refreshMs);
  const client = useData<List<RequestRow>>(`/admin/requests?status=4xx&${since}&limit=${SAMPLE}`, range.refreshMs);
  const error = totals.error ?? server.error ?? client.error;
  const retry = () => {
    for (const { reload } of [totals, server, client]) reload();
  };
  const rows = groupsOf([...(server.data?.data ?? []), ...(client.data?.data ?? [])]).slice(0, SHOWN);
  const sampled = server.data?.next != null || client.data?.next != null;
  const classes = (totals.data?.data ?? []).filter(({ status }) => status === "4xx" || status === "5xx");
  return (
    <Card
      title="Errors"
      aside={classes.map(({ status, requests }) => (
        <a key={status} class="spaced" href={link("/ui/requests", { status, from: `-${range.name}` })}>
          {count(requests)} × {status}
        </a>
      ))}
    >
      {error && <ErrorPanel error={error} retry={retry} />}
      {server.data && client.data && (
        <DataTable
          caption="The commonest errors"
          rows={rows}
          rowKey={({ id }) => id}
          empty={<Empty title={`No client saw an error in the ${range.last}.`} />}
          columns={[
            { title: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
            {
              title: "Error",
              main: true,
              cell: ({ code, error: text, last }) => (
                <>
                  <a href={`/ui/requests/${last}`}>{code ?? "error"}</a>
                  <span class="muted small clamp">{text}</span>
                </>
              ),
            },
            { title: sampled ? `Of the last ${SAMPLE}` : "Calls", numeric: true, cell: ({ calls }) => count(calls) },
            { title: "Last", numeric: true, cell: ({ at }) => <Ago at={at} /> },
          ]}
        />
      )}
    </Card>
  );
}

interface ErrorGroup {
  id: string;
  status: number;
  code: string | null;
  error: string | null;
  calls: number;
  /** The newest of them. */
  last: string;
  at: string;
}

function groupsOf(rows: readonly RequestRow[]): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const { id: last, status, code, error, started_at: at } of rows) {
    const id = `${status} ${code}`;
    const known = groups.get(id);
    if (known) known.calls += 1;
    else groups.set(id, { id, status, code, error, calls: 1, last, at });
  }
  return [...groups.values()].sort((a, b) => b.calls - a.calls);
}

import type { RequestRow } from "../../api/types.ts";
import { Badge, StatusBadge } from "../../components/badge.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Empty } from "../../components/empty.tsx";
import { FirstCall } from "../../components/first-call.tsx";
import { count, dateTime, duration, exactMoney, money } from "../../format.ts";

export interface RequestTableProps {
  rows: readonly RequestRow[];
  /** So many at the top have just come in. */
  fresh: number;
  /** Whether any filter is set: then an empty list means something else. */
  filtered: boolean;
  /** Whether older rows may still match. */
  more: boolean;
}

export function RequestTable({ rows, fresh, filtered, more }: RequestTableProps) {
  const recent = new Set(rows.slice(0, fresh).map(({ id }) => id));
  return (
    <DataTable
      caption="Requests, newest first"
      rows={rows}
      rowKey={({ id }) => id}
      rowClass={({ id }) => (recent.has(id) ? "fresh" : undefined)}
      empty={
        filtered ? (
          <Empty title={more ? "Nothing found yet." : "No request matches these filters."}>
            <a href="/ui/requests">Show all</a>
          </Empty>
        ) : (
          <FirstCall title="No call has been made yet. Make one:" />
        )
      }
      columns={[
        {
          title: "Time",
          main: true,
          cell: ({ id, started_at }) => (
            <a class="nowrap" href={`/ui/requests/${id}`}>
              <time dateTime={started_at}>{dateTime(started_at)}</time>
            </a>
          ),
        },
        { title: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
        { title: "Model", cell: ({ model }) => <span class="name">{model ?? "–"}</span> },
        { title: "Answered by", cell: (row) => <AnsweredBy row={row} /> },
        { title: "Key", cell: (row) => <Caller row={row} /> },
        {
          title: "First token",
          numeric: true,
          cell: ({ first_content_ms, stream }) => (stream ? duration(first_content_ms) : "–"),
        },
        { title: "Total", numeric: true, cell: ({ total_ms }) => duration(total_ms) },
        {
          title: "Tokens",
          numeric: true,
          wideOnly: true,
          cell: ({ usage }) => (usage ? `${count(usage.input + usage.cache_read)} → ${count(usage.output)}` : "–"),
        },
        {
          title: "Cost",
          numeric: true,
          cell: ({ cost_usd }) => <span title={exactMoney(cost_usd)}>{money(cost_usd)}</span>,
        },
      ]}
    />
  );
}

function AnsweredBy({ row: { target, attempts, failover, cache, error, status } }: { row: RequestRow }) {
  if (cache === "exact" || cache === "semantic") return <Badge tone="ok">cache: {cache}</Badge>;
  return (
    <>
      {status < 400 || attempts.length > 0 ? (target ?? "–") : <span class="muted clamp">{error ?? "–"}</span>}
      {failover && (
        <>
          {" "}
          <Badge tone="warn">failed over</Badge>
        </>
      )}
      {!failover && attempts.length > 1 && (
        <>
          {" "}
          <Badge>{attempts.length} attempts</Badge>
        </>
      )}
    </>
  );
}

function Caller({ row: { key, team } }: { row: RequestRow }) {
  return (
    <span class="name">
      {key ?? "–"}
      {team && <span class="muted small"> {team}</span>}
    </span>
  );
}

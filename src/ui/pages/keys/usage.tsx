/** What was used, over time and by whom: each row a way to the calls behind it. */
import type { Stats, StatsRow } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { Chart, type Series } from "../../components/chart.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { FirstCall } from "../../components/first-call.tsx";
import { Segmented } from "../../components/segmented.tsx";
import { count, exactMoney, money, nanoUsd } from "../../format.ts";
import { link, useQuery } from "../../location.tsx";
import { type Range, spanOf } from "../../ranges.ts";

const GROUPS = [
  ["model", "Model"],
  ["key", "Key"],
  ["team", "Team"],
  ["provider", "Provider"],
] as const;
type Group = (typeof GROUPS)[number][0];

const MAX_LINES = 5;
const NANO = 1e9;

export interface UsageProps {
  range: Range;
  /** Only the calls of this key or team. */
  only?: { key?: string; team?: string };
  groups?: readonly Group[];
}

export function Usage({ range, only = {}, groups = GROUPS.map(([group]) => group) }: UsageProps) {
  const [{ by }] = useQuery({ by: groups[0]! });
  const group = groups.find((one) => one === by) ?? groups[0]!;
  const asked = { from: `-${range.name}`, group_by: group, ...only };
  const totals = useData<Stats>(link("/admin/stats", asked), range.refreshMs);
  const lines = useData<Stats>(`${link("/admin/stats", asked)}&${range.buckets}`, range.refreshMs);
  const rows = [...(totals.data?.data ?? [])].sort((a, b) => Number(nanoUsd(b.cost_usd) - nanoUsd(a.cost_usd)));
  return (
    <Card
      title={`Usage in the ${range.last}`}
      wide
      aside={
        groups.length > 1 && (
          <Segmented
            name="by"
            label="Group by"
            initial={groups[0]!}
            value={group}
            options={GROUPS.filter(([one]) => groups.includes(one))}
          />
        )
      }
    >
      {totals.error && <ErrorPanel error={totals.error} retry={totals.reload} />}
      {totals.data && rows.length === 0 && <FirstCall title="No call in this time. Make one, or look further back." />}
      {lines.data && rows.length > 0 && (
        <Chart
          label={`Cost by ${group} over the ${range.last}. ${nameIn(rows[0]!, group)} cost most, ${money(rows[0]!.cost_usd)}.`}
          {...chartOf(lines.data, rows, group, range)}
          format={(usd) => money(BigInt(Math.round(usd * NANO)))}
          heightPx={150}
        />
      )}
      {rows.length > 0 && <UsageTable rows={rows} group={group} only={only} range={range} />}
    </Card>
  );
}

interface UsageTableProps {
  rows: readonly StatsRow[];
  group: Group;
  only: NonNullable<UsageProps["only"]>;
  range: Range;
}

function UsageTable({ rows, group, only, range }: UsageTableProps) {
  const label = GROUPS.find(([one]) => one === group)![1];
  return (
    <DataTable
      caption={`Requests, tokens and cost by ${group}`}
      rows={rows}
      rowKey={(row) => row[group] ?? ""}
      columns={[
        { title: label, main: true, cell: (row) => nameIn(row, group) },
        {
          title: "Requests",
          numeric: true,
          cell: (row) => <Calls row={row} group={group} only={only} range={range} />,
        },
        { title: "Refused or failed", numeric: true, wideOnly: true, cell: ({ errors }) => count(errors) },
        { title: "From the cache", numeric: true, wideOnly: true, cell: (row) => count(row.cache_hits) },
        { title: "Input tokens", numeric: true, cell: (row) => count(row.input_tokens) },
        { title: "Output tokens", numeric: true, cell: (row) => count(row.output_tokens) },
        {
          title: "Cost",
          numeric: true,
          cell: ({ cost_usd }) => <span title={exactMoney(cost_usd)}>{money(cost_usd)}</span>,
        },
      ]}
    />
  );
}

function nameIn(row: StatsRow, group: Group): string {
  return row[group] ?? `no ${group}`;
}

/** Calls without the value have no filter of their own: they are among all. */
function Calls({
  row,
  group,
  only,
  range,
}: {
  row: StatsRow;
  group: Group;
  only: NonNullable<UsageProps["only"]>;
  range: Range;
}) {
  const value = row[group];
  const filter = value === null || value === undefined ? {} : { [group]: value };
  return <a href={link("/ui/requests", { ...only, ...filter, from: `-${range.name}` })}>{count(row.requests)}</a>;
}

function chartOf(
  stats: Stats,
  rows: readonly StatsRow[],
  group: Group,
  range: Range,
): { times: number[]; series: Series[] } {
  const times = [...spanOf(stats, range).points];
  const shown = rows.slice(0, MAX_LINES).map((row) => row[group] ?? null);
  const series = shown.map((value, index): Series => {
    const own = stats.data.filter((row) => (row[group] ?? null) === value);
    const byStart = new Map(own.map((row) => [Date.parse(row.start ?? ""), Number(nanoUsd(row.cost_usd)) / NANO]));
    return {
      label: value ?? `no ${group}`,
      colour: (index + 1) as Series["colour"],
      values: times.map((at) => byStart.get(at) ?? 0),
    };
  });
  return { times, series };
}

import type { AttemptStatsRow, Stats, Target } from "../../api/types.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Chart, type Series } from "../../components/chart.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { count, percent } from "../../format.ts";
import { link } from "../../location.tsx";
import type { Range, Span } from "../../ranges.ts";
import { clientAvailability, lineOf, providerAvailability, providerLines } from "./series.ts";
import { targetsOut } from "./status-line.tsx";

export interface AvailabilityProps {
  range: Range;
  span: Span | undefined;
  clients: Stats | undefined;
  providers: Stats<AttemptStatsRow> | undefined;
  byProvider: Stats<AttemptStatsRow> | undefined;
  targets: readonly Target[] | undefined;
}

/** What clients saw beside what each provider did by itself: the difference is what the gateway is for. */
export function Availability({ range, span, clients, providers, byProvider, targets }: AvailabilityProps) {
  const points = span?.points ?? [];
  const series = [
    {
      label: "Clients",
      colour: 1 as const,
      thick: true,
      values: lineOf(points, clients?.data ?? [], clientAvailability),
    },
    ...providerLines(points, providers?.data ?? [], providerAvailability),
  ];
  const all = clients?.data.reduce((sum, { requests }) => sum + requests, 0) ?? 0;
  const failed = clients?.data.reduce((sum, { server_errors }) => sum + server_errors, 0) ?? 0;
  return (
    <Card
      title="Availability"
      aside={byProvider ? "to clients, beside each provider's own" : "of your team's calls"}
      wide
    >
      <div class={byProvider ? "split" : undefined}>
        <div class="chart-box">
          {clients && (
            <Chart
              label={`Share of calls answered over the ${range.last}, to clients and by each provider. Clients: ${percent(all - failed, all)}.`}
              times={points}
              series={series}
              format={(value) => `${Number(value.toFixed(value > 90 && value < 100 ? 2 : 0))} %`}
              range={rangeOf(series)}
            />
          )}
        </div>
        {byProvider && <Providers range={range} rows={byProvider.data} targets={targets ?? []} />}
      </div>
    </Card>
  );
}

function Providers({ range, rows, targets }: { range: Range; rows: AttemptStatsRow[]; targets: readonly Target[] }) {
  const out = new Set(targetsOut(targets).map(({ target }) => target.slice(0, target.indexOf("/"))));
  const used = new Set(rows.map(({ provider }) => provider));
  const unused = [...new Set(targets.map(({ provider }) => provider))].filter((provider) => !used.has(provider));
  const none = {
    ok: 0,
    failed: 0,
    refused: 0,
    cancelled: 0,
    skipped: 0,
    first_token_p50_ms: null,
    first_token_p95_ms: null,
  };
  return (
    <DataTable
      caption="Providers"
      rows={[...rows, ...unused.map((provider): AttemptStatsRow => ({ ...none, provider }))]}
      rowKey={({ provider }) => provider ?? ""}
      columns={[
        {
          title: "Provider",
          main: true,
          cell: ({ provider }) => <a href={link("/ui/requests", { provider, from: `-${range.name}` })}>{provider}</a>,
        },
        {
          title: "Now",
          cell: ({ provider }) => (
            <Badge tone={out.has(provider ?? "") ? "bad" : "ok"}>{out.has(provider ?? "") ? "down" : "up"}</Badge>
          ),
        },
        { title: "Own availability", numeric: true, cell: ({ ok, failed }) => percent(ok, ok + failed) },
        { title: "Attempts", numeric: true, cell: ({ ok, failed, refused }) => count(ok + failed + refused) },
        {
          title: "Failed",
          numeric: true,
          cell: ({ failed }) => <Elsewhere calls={failed} tone="bad" range={range} />,
        },
        {
          title: "Passed over",
          numeric: true,
          cell: ({ skipped }) => <Elsewhere calls={skipped} tone="warn" range={range} />,
        },
      ]}
    />
  );
}

/** Calls that a provider did not answer were answered by another, and stand in the log under that one. */
function Elsewhere({ calls, tone, range }: { calls: number; tone: Tone; range: Range }) {
  if (calls === 0) return <span class="muted">0</span>;
  return (
    <a class={tone} href={link("/ui/requests", { failover: true, from: `-${range.name}` })}>
      {count(calls)}
    </a>
  );
}

/** Bottoms of the axis, in percent: as high as all values allow, so that 99.9 can be told from 99. */
const BOTTOMS = [98, 90, 75, 50, 0];
/** Room above 100 %, or the line there would be half as thick. */
const HEADROOM = 0.03;

function rangeOf(series: readonly Series[]): [number, number] {
  const lowest = Math.min(100, ...series.flatMap(({ values }) => values.filter((value) => value !== null)));
  const bottom = BOTTOMS.find((one) => one < lowest) ?? 0;
  return [bottom, 100 + (100 - bottom) * HEADROOM];
}

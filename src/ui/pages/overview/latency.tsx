import type { AttemptStatsRow, Stats } from "../../api/types.ts";
import { Card } from "../../components/card.tsx";
import { Chart } from "../../components/chart.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Empty } from "../../components/empty.tsx";
import { duration } from "../../format.ts";
import { link } from "../../location.tsx";
import type { Range, Span } from "../../ranges.ts";
import { providerLines } from "./series.ts";

export interface LatencyProps {
  range: Range;
  span: Span | undefined;
  providers: Stats<AttemptStatsRow> | undefined;
  byProvider: Stats<AttemptStatsRow> | undefined;
}

/** Who is faster: the time from an attempt's start to its first token. */
export function Latency({ range, span, providers, byProvider }: LatencyProps) {
  const points = span?.points ?? [];
  const rows = (byProvider?.data ?? [])
    .filter((row) => row.first_token_p50_ms !== null)
    .sort((a, b) => a.first_token_p50_ms! - b.first_token_p50_ms!);
  const lead = leadOf(rows);
  return (
    <Card title="First token" aside={lead}>
      {byProvider && rows.length === 0 && (
        <Empty title="No stream in this time.">
          Calls with <code>"stream": true</code> are timed here.
        </Empty>
      )}
      {providers && rows.length > 0 && (
        <>
          <Chart
            label={`Median time to the first token by provider over the ${range.last}. ${lead}.`}
            times={points}
            series={providerLines(points, providers.data, (row) => row.first_token_p50_ms)}
            format={duration}
            heightPx={150}
          />
          <DataTable
            caption="Time to the first token by provider"
            rows={rows}
            rowKey={({ provider }) => provider ?? ""}
            columns={[
              {
                title: "Provider",
                main: true,
                cell: ({ provider }) => (
                  <a href={link("/ui/requests", { provider, from: `-${range.name}` })}>{provider}</a>
                ),
              },
              { title: "p50", numeric: true, cell: (row) => duration(row.first_token_p50_ms) },
              { title: "p95", numeric: true, cell: (row) => duration(row.first_token_p95_ms) },
            ]}
          />
        </>
      )}
    </Card>
  );
}

/** Nearer than that two medians are alike: they are read from buckets. */
const ALIKE = 1.15;

function leadOf([fastest, second]: readonly AttemptStatsRow[]): string {
  if (!fastest || !second) return "median by provider";
  const isAlike = second.first_token_p50_ms! <= fastest.first_token_p50_ms! * ALIKE;
  return isAlike ? "the fastest are alike" : `${fastest.provider} is fastest`;
}

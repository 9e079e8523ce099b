import type { Stats, StatsRow } from "../../api/types.ts";
import { Card } from "../../components/card.tsx";
import { Chart } from "../../components/chart.tsx";
import { FirstCall } from "../../components/first-call.tsx";
import { type Range, spanOf } from "../../ranges.ts";

type Row = StatsRow & { cache: string };

/** How much of the traffic the cache answered, over time. */
export function HitRates({ points, range }: { points: Stats<Row> | undefined; range: Range }) {
  if (!points) return null;
  const times = spanOf(points, range).points;
  const byTime = groupedByTime(points.data);
  const share = (cache: string) =>
    times.map((at) => {
      const rows = (byTime.get(at) ?? []).filter((row) => row.cache !== "off");
      const all = rows.reduce((sum, { requests }) => sum + requests, 0);
      return all === 0 ? null : ((rows.find((row) => row.cache === cache)?.requests ?? 0) / all) * 100;
    });
  const asked = points.data.some((row) => row.cache !== "off");
  return (
    <Card title="Answered from the cache" aside="share of the calls that came to it">
      {asked ? (
        <Chart
          label={`Share of calls answered from the cache, exact and by meaning, over the ${range.last}.`}
          times={times}
          series={[
            { label: "exact", colour: 1, values: share("exact"), filled: true },
            { label: "by meaning", colour: 2, values: share("semantic") },
          ]}
          format={(value) => `${Math.round(value * 10) / 10} %`}
        />
      ) : (
        <FirstCall title="No call came to the cache in this time. Send one twice:" />
      )}
    </Card>
  );
}

function groupedByTime(rows: readonly Row[]): Map<number, Row[]> {
  const found = new Map<number, Row[]>();
  for (const row of rows) {
    const at = Date.parse(row.start ?? "");
    found.set(at, [...(found.get(at) ?? []), row]);
  }
  return found;
}

import type { Stats } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { Chart, type Series } from "../../components/chart.tsx";
import { percent } from "../../format.ts";
import { link } from "../../location.tsx";
import { type Range, spanOf } from "../../ranges.ts";
import { FEEDBACK, lowestOf, scoreText } from "./comparison.ts";
import type { ScoreRow, Scores } from "./types.ts";

const MINUTE_MS = 60_000;
/** Points wide enough to hold more than a few scores, of which the API hands out at most a thousand rows. */
const GRAINS = {
  "1h": ["minute", MINUTE_MS],
  "24h": ["hour", 60 * MINUTE_MS],
  "7d": ["hour", 60 * MINUTE_MS],
  "30d": ["day", 1_440 * MINUTE_MS],
} as const satisfies Record<string, readonly ["minute" | "hour" | "day", number]>;

export interface OverTimeProps {
  /** Of the eval, or `user feedback`. */
  name: string;
  /** "" for all. */
  model: string;
  range: Range;
}

/** Did answers get worse during the outage? Scores over time, above the share of calls that failed over. */
export function OverTime({ name, model, range }: OverTimeProps) {
  const [grain, pointMs] = GRAINS[range.name as keyof typeof GRAINS] ?? GRAINS["1h"];
  const filters = { from: `-${range.name}`, ...(model !== "" && { model }) };
  const scores = useData<Scores>(
    link("/admin/evals", { ...filters, eval: name, group_by: `${grain},failover`, limit: "1000" }),
    range.refreshMs,
  );
  const calls = useData<Stats>(link("/admin/stats", { ...filters, bucket: grain }), range.refreshMs);
  if (!scores.data || !calls.data) return null;
  const { points } = spanOf(calls.data, { ...range, pointMs });
  const scored = (failover: boolean) =>
    valuesOf(
      points,
      scores.data!.data.filter((row) => row.failover === failover),
      grain,
    );
  const failedOver = points.map((at) => {
    const row = calls.data!.data.find(({ start }) => Date.parse(start ?? "") === at);
    return row ? (row.failovers / row.requests) * 100 : null;
  });
  const lines: Series[] = [
    { label: "preferred target", colour: 1, values: scored(false) },
    { label: "fallback", colour: 3, values: scored(true) },
  ];
  const lowest = lowestOf(name);
  return (
    <Card
      title={name === FEEDBACK ? "What users said, over time" : `${name} over time`}
      aside={<a href={link("/ui/requests", { ...filters, failover: true })}>the calls that failed over</a>}
    >
      <Chart
        label={`Mean score of ${name} over the ${range.last}, of the preferred target and of a fallback.`}
        times={points}
        series={lines}
        format={(value) => scoreText(name, value)}
        range={[lowest, 1.05]}
      />
      <Chart
        label={`Share of calls that failed over in the ${range.last}.`}
        times={points}
        series={[{ label: "calls failed over", colour: 3, filled: true, values: failedOver }]}
        format={(value) => percent(value, 100)}
        heightPx={90}
      />
    </Card>
  );
}

function valuesOf(
  points: readonly number[],
  rows: readonly ScoreRow[],
  grain: "minute" | "hour" | "day",
): (number | null)[] {
  const byStart = new Map(rows.map((row) => [Date.parse(row[grain] ?? ""), row.mean]));
  return points.map((at) => byStart.get(at) ?? null);
}

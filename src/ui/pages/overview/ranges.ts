/** The ranges of the overview: how far back, and how long one point of a chart is. */

export interface Range {
  /** As in the address and in `from=-…`. */
  name: string;
  text: string;
  /** In a sentence: `in the last hour`. */
  last: string;
  /** The query of `/admin/stats` for a row a point. */
  buckets: string;
  pointMs: number;
  /** How often the page asks again. */
  refreshMs: number;
}

export const RANGES: readonly Range[] = [
  { name: "1h", text: "1 h", last: "last hour", buckets: "bucket=minute", pointMs: 60_000, refreshMs: 5_000 },
  {
    name: "24h",
    text: "24 h",
    last: "last 24 hours",
    buckets: "bucket=minute&every=10",
    pointMs: 600_000,
    refreshMs: 15_000,
  },
  { name: "7d", text: "7 d", last: "last 7 days", buckets: "bucket=hour", pointMs: 3_600_000, refreshMs: 60_000 },
  {
    name: "30d",
    text: "30 d",
    last: "last 30 days",
    buckets: "bucket=hour&every=6",
    pointMs: 21_600_000,
    refreshMs: 60_000,
  },
];

export const FIRST_RANGE = "1h";

export function rangeOf(name: string): Range {
  return RANGES.find((range) => range.name === name) ?? RANGES[0]!;
}

/** Every point of an answer's time, also those of which there are no rows. */
export function pointsOf(from: string, to: string, pointMs: number): number[] {
  const points: number[] = [];
  for (let at = Math.floor(Date.parse(from) / pointMs) * pointMs; at < Date.parse(to); at += pointMs) points.push(at);
  return points;
}

/** The ranges of pages with charts: how far back, and how long one point of a chart is. */
import type { Stats } from "./api/types.ts";

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

/** A chart of less would show nothing but its newest moment. */
const MIN_POINTS = 10;

export interface Span {
  fromMs: number;
  toMs: number;
  /** Starts of its points, also of those of which there are no rows. */
  points: number[];
}

/**
 * The time that the charts show: that of the answer, without what lies before the first call. A gateway that was just
 * started would else have its whole life in the last pixels.
 */
export function spanOf({ from, to, data }: Stats, { pointMs }: Range): Span {
  const toMs = Date.parse(to);
  const first = Math.min(toMs, ...data.map(({ start }) => Date.parse(start ?? from)));
  const wanted = Math.max(Date.parse(from), Math.min(first - pointMs, toMs - MIN_POINTS * pointMs));
  const points = pointsOf(wanted, toMs, pointMs);
  return { fromMs: points[0] ?? wanted, toMs, points };
}

/** Every point of a time (RFC 3339 or epoch milliseconds), also those of which there are no rows. */
function pointsOf(from: string | number, to: string | number, pointMs: number): number[] {
  const endMs = new Date(to).getTime();
  const points: number[] = [];
  for (let at = Math.floor(new Date(from).getTime() / pointMs) * pointMs; at < endMs; at += pointMs) points.push(at);
  return points;
}

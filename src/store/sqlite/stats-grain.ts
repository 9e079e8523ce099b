/** Minutes, hours and days: which of them a report reads, and how long each is kept. */
import { GatewayError } from "../../canonical/errors.ts";
import type { StatsBucket } from "../stats-ports.ts";
import { GRAINS } from "./stats-writer.ts";

/** How long rows of each grain are kept, and so how far back a chart of that grain reaches. */
const KEEP_DAYS = { minute: 2, hour: 100, day: 1_100 } as const;

/** The longest time that a report may read in minutes or hours. */
const MAX_SPAN_MS = { minute: 24 * 3_600_000, hour: 31 * 86_400_000, day: Number.POSITIVE_INFINITY } as const;

/** Without buckets: what is read in minutes, up to this span. */
const TOTAL_BY_MINUTE_MS = 6 * 3_600_000;

export const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The minute since 1970 before which rows of a grain are no longer kept. */
export function expiryMinute(grain: StatsBucket, nowMs: number): number {
  return Math.floor((nowMs - KEEP_DAYS[grain] * DAY_MS) / MINUTE_MS);
}

interface Span {
  bucket?: StatsBucket;
  fromMs: number;
  toMs: number;
}

/** @throws GatewayError("invalid_request") for a time that is empty, or too long for its bucket. */
export function grainOf({ bucket, fromMs, toMs }: Span): StatsBucket {
  const spanMs = toMs - fromMs;
  if (!(spanMs > 0)) throw new GatewayError("invalid_request", "from must lie before to.", { param: "from" });
  if (bucket === undefined) {
    if (spanMs <= TOTAL_BY_MINUTE_MS) return "minute";
    return spanMs <= MAX_SPAN_MS.hour ? "hour" : "day";
  }
  if (spanMs > MAX_SPAN_MS[bucket]) {
    const days = MAX_SPAN_MS[bucket] / DAY_MS;
    throw new GatewayError("invalid_request", `bucket=${bucket} spans at most ${days} day${days > 1 ? "s" : ""}.`, {
      param: "from",
    });
  }
  return bucket;
}

export function startOf(ms: number, grain: StatsBucket, every = 1): number {
  const lengthMs = GRAINS[grain] * every * MINUTE_MS;
  return Math.floor(ms / lengthMs) * lengthMs;
}

interface Part {
  grain: StatsBucket;
  fromMs: number;
  toMs: number;
}

/** A total over many hours reads its whole days as days: a month of fifty keys would else be read row by row. */
export function partsOf(fromMs: number, toMs: number, grain: StatsBucket): Part[] {
  const startMs = startOf(fromMs, grain);
  const [firstDayMs, endDayMs] = [startOf(startMs + DAY_MS - 1, "day"), startOf(toMs, "day")];
  if (grain !== "hour" || endDayMs <= firstDayMs) return [{ grain, fromMs: startMs, toMs }];
  return [
    { grain, fromMs: startMs, toMs: firstDayMs },
    { grain: "day" as const, fromMs: firstDayMs, toMs: endDayMs },
    { grain, fromMs: endDayMs, toMs },
  ].filter((part) => part.toMs > part.fromMs);
}

/** What rows are grouped by for a row a bucket, or one every so many: the start of each, in minutes since 1970. */
export function bucketColumn(grain: StatsBucket, every = 1): string {
  return every === 1 ? "start" : `start - start % ${GRAINS[grain] * Math.trunc(every)}`;
}

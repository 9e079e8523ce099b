/** When a budget's money comes back. Calendar windows turn in UTC; weeks begin on Monday, as in ISO 8601. */
export type Period = "minute" | "hour" | "day" | "week" | "month" | "quarter" | "year" | "total";

export interface Window {
  /** Epoch milliseconds. */
  startMs: number;
  /** When the next one begins; infinite for `total`. */
  endMs: number;
  /** What counts began at or after this: the start, but for rolling budgets. */
  fromMs: number;
  /** When all that counts now will have been forgotten, for whoever has to wait; infinite for `total`. */
  resetMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-05 was the first Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** How long a rolling budget remembers. Months and longer are taken at their greatest length. */
const ROLLING_MS: Record<Exclude<Period, "total">, number> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 31 * DAY_MS,
  quarter: 92 * DAY_MS,
  year: 366 * DAY_MS,
};
/**
 * A rolling window moves in steps of this share: what was spent within a step is forgotten together, when the whole
 * step is older than the window. So it forgets up to one step late and never early.
 */
const ROLLING_STEPS = 60;

/** How a window is called in the id of its budget. */
export function windowKind(period: Period, rolling: boolean): string {
  return rolling ? `rolling-${period}` : period;
}

/** Windows of each kind that began before have ended, whatever their budget. */
export function endedWindows(nowMs: number): { kind: string; beforeMs: number }[] {
  const periods = Object.keys(ROLLING_MS) as (keyof typeof ROLLING_MS)[];
  return periods.flatMap((period) =>
    [false, true].map((rolling) => ({
      kind: windowKind(period, rolling),
      beforeMs: windowAt(period, rolling, nowMs).fromMs,
    })),
  );
}

export function windowAt(period: Period, rolling: boolean, nowMs: number): Window {
  const now = Math.floor(nowMs);
  if (period === "total") {
    return { startMs: 0, endMs: Number.POSITIVE_INFINITY, fromMs: 0, resetMs: Number.POSITIVE_INFINITY };
  }
  if (rolling) {
    const lengthMs = ROLLING_MS[period];
    const stepMs = lengthMs / ROLLING_STEPS;
    const startMs = now - (now % stepMs);
    return { startMs, endMs: startMs + stepMs, fromMs: startMs - lengthMs, resetMs: startMs + stepMs + lengthMs };
  }
  const [startMs, endMs] = calendar(period, now);
  return { startMs, endMs, fromMs: startMs, resetMs: endMs };
}

function calendar(period: Exclude<Period, "total">, now: number): [startMs: number, endMs: number] {
  switch (period) {
    case "minute":
      return even(now, MINUTE_MS, 0);
    case "hour":
      return even(now, HOUR_MS, 0);
    case "day":
      return even(now, DAY_MS, 0);
    case "week":
      return even(now, 7 * DAY_MS, FIRST_MONDAY_MS);
    case "month":
      return months(now, 1);
    case "quarter":
      return months(now, 3);
    case "year":
      return months(now, 12);
    default:
      return period satisfies never;
  }
}

function even(now: number, lengthMs: number, offsetMs: number): [number, number] {
  const startMs = now - ((now - offsetMs) % lengthMs);
  return [startMs, startMs + lengthMs];
}

function months(now: number, count: number): [number, number] {
  const date = new Date(now);
  const year = date.getUTCFullYear();
  const first = date.getUTCMonth() - (date.getUTCMonth() % count);
  return [Date.UTC(year, first, 1), Date.UTC(year, first + count, 1)];
}

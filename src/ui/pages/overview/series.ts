/** Rows of the admin API as lines of a chart. */
import type { AttemptStatsRow, StatsRow } from "../../api/types.ts";
import type { Series } from "../../components/chart.tsx";

/** More lines than colours cannot be told apart. */
const MAX_LINES = 5;

/** The rows' groups by how often they were called, most first. */
function providersOf(rows: readonly AttemptStatsRow[]): string[] {
  const calls = new Map<string, number>();
  for (const { provider, ok, failed } of rows) {
    if (provider) calls.set(provider, (calls.get(provider) ?? 0) + ok + failed);
  }
  return [...calls].sort(([, a], [, b]) => b - a).map(([provider]) => provider);
}

export function lineOf<Row extends { start?: string }>(
  points: readonly number[],
  rows: readonly Row[],
  value: (row: Row) => number | null,
): (number | null)[] {
  const byStart = new Map(rows.map((row) => [Date.parse(row.start ?? ""), row]));
  return points.map((at) => {
    const row = byStart.get(at);
    return row ? value(row) : null;
  });
}

/** Percent of calls that the clients saw answered. */
export function clientAvailability({ requests, server_errors }: StatsRow): number | null {
  return requests === 0 ? null : 100 - (server_errors / requests) * 100;
}

/** Percent of attempts that a provider answered; what it refused because of the request does not count. */
export function providerAvailability({ ok, failed }: AttemptStatsRow): number | null {
  return ok + failed === 0 ? null : (ok / (ok + failed)) * 100;
}

/** A line for each provider, in colours from the second on: the first is the clients'. */
export function providerLines(
  points: readonly number[],
  rows: readonly AttemptStatsRow[],
  value: (row: AttemptStatsRow) => number | null,
): Series[] {
  return providersOf(rows)
    .slice(0, MAX_LINES)
    .sort()
    .map((provider, index) => ({
      label: provider,
      colour: (2 + (index % MAX_LINES)) as Series["colour"],
      values: lineOf(
        points,
        rows.filter((row) => row.provider === provider),
        value,
      ),
    }))
    .filter(({ values }) => values.some((one) => one !== null));
}

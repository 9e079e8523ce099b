/** Adds the attempts of calls to the sums of their minute, hour and day. */
import type { Database } from "bun:sqlite";
import type { AttemptRecord } from "../../canonical/record.ts";
import { bucketOf, HISTOGRAM_BUCKETS } from "../histogram.ts";
import type { RequestRow } from "../ports.ts";
import { splitTarget } from "./attempts.ts";
import { GRAINS } from "./stats-writer.ts";

const ATTEMPT_DIMENSIONS = ["grain", "start", "model", "provider", "target", "outcome", "went_to"] as const;
export const ATTEMPT_SUMS: readonly string[] = [
  "attempts",
  ...Array.from({ length: HISTOGRAM_BUCKETS }, (_, bucket) => `first_${bucket}`),
];

const MINUTE_MS = 60_000;

/** One attempt, or one call that passed over its preferred target. */
interface Seen {
  target: string;
  outcome: string;
  wentTo: string;
  firstContentMs?: number;
}

export function attemptStatsWriter(client: Database): (rows: readonly RequestRow[]) => void {
  const columns = [...ATTEMPT_DIMENSIONS, ...ATTEMPT_SUMS];
  const upsert = client.prepare(
    `insert into attempt_stats (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")}) ` +
      `on conflict (${ATTEMPT_DIMENSIONS.join(", ")}) do update set ` +
      ATTEMPT_SUMS.map((name) => `${name} = ${name} + excluded.${name}`).join(", "),
  );
  return (rows) => {
    const sums = new Map<string, { dimensions: (string | number)[]; sums: number[] }>();
    for (const row of rows) for (const seen of seenIn(row)) add(sums, row, seen);
    for (const { dimensions, sums: values } of sums.values()) upsert.run(...dimensions, ...values);
  };
}

function add(
  all: Map<string, { dimensions: (string | number)[]; sums: number[] }>,
  row: RequestRow,
  { target, outcome, wentTo, firstContentMs }: Seen,
): void {
  const minute = Math.floor(row.startedAtMs / MINUTE_MS);
  const bucket = firstContentMs === undefined ? -1 : 1 + bucketOf(firstContentMs);
  for (const grain of Object.values(GRAINS)) {
    const provider = splitTarget(target).provider;
    const dimensions = [grain, minute - (minute % grain), row.model ?? "", provider, target, outcome, wentTo];
    const id = JSON.stringify(dimensions);
    const known = all.get(id) ?? { dimensions, sums: new Array<number>(ATTEMPT_SUMS.length).fill(0) };
    known.sums[0]! += 1;
    if (bucket > 0) known.sums[bucket]! += 1;
    all.set(id, known);
  }
}

function seenIn({ attempts, stream, failover, explanation }: RequestRow): Seen[] {
  const seen = attempts.flatMap((attempt, index): Seen[] => {
    const outcome = outcomeOf(attempt);
    if (outcome === undefined) return [];
    const next = attempts[index + 1];
    const moved = attempt.outcome === "failed" && next !== undefined && next.target !== attempt.target;
    const { target, firstContentMs } = attempt;
    return [{ target, outcome, wentTo: moved ? next.target : "", ...(stream && { firstContentMs }) }];
  });
  const [first] = attempts;
  const preferred = explanation?.[0]?.candidates[0]?.target;
  // Once a breaker is open an outage shows no failed attempts: the call goes elsewhere at once.
  if (failover && first && preferred !== undefined && preferred !== first.target)
    seen.push({ target: preferred, outcome: "skipped", wentTo: first.target });
  return seen;
}

/** Undefined of an attempt that was under way when its call ended: nobody knows what would have become of it. */
function outcomeOf({ outcome, reason }: AttemptRecord): string | undefined {
  if (outcome === "pending") return undefined;
  return outcome === "failed" ? (reason ?? "server") : outcome;
}

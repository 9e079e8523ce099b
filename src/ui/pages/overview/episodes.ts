/** Failovers as episodes: what went where, why, from when to when. */
import type { AttemptStatsRow, RequestRow } from "../../api/types.ts";

export interface Episode {
  /** The target that calls left. */
  target: string;
  /** Where they went. */
  to: string;
  /** Why, with the number of calls for each reason, most first. `skipped`: known to be unwell, not even tried. */
  reasons: [reason: string, calls: number][];
  calls: number;
  /** Epoch milliseconds: the start of its first point, the end of its last. */
  fromMs: number;
  toMs: number;
}

/** Points without a failover that do not end an episode: an open breaker lets a probe through now and then. */
const GAP_POINTS = 3;

interface Failover {
  atMs: number;
  target: string;
  to: string;
  reason: string;
  calls: number;
}

/** Newest first. */
export function episodesOf(rows: readonly AttemptStatsRow[], pointMs: number): Episode[] {
  const failovers = rows.flatMap(({ start, target, to, outcome, failed, refused, skipped }): Failover[] =>
    start && target && to
      ? [{ atMs: Date.parse(start), target, to, reason: outcome ?? "server", calls: failed + refused + skipped }]
      : [],
  );
  return joined(failovers, pointMs);
}

/** Of calls themselves, for whoever sees but their own team's. */
export function episodesOfRequests(rows: readonly RequestRow[], pointMs: number): Episode[] {
  const failovers = rows.flatMap(({ started_at, attempts }) =>
    attempts.flatMap((attempt, index): Failover[] => {
      const next = attempts[index + 1];
      if (attempt.outcome !== "failed" || !next || next.target === attempt.target) return [];
      const atMs = Math.floor(Date.parse(started_at) / pointMs) * pointMs;
      return [{ atMs, target: attempt.target, to: next.target, reason: attempt.reason ?? "server", calls: 1 }];
    }),
  );
  return joined(failovers, pointMs);
}

function joined(failovers: readonly Failover[], pointMs: number): Episode[] {
  const episodes: Episode[] = [];
  const latest = new Map<string, Episode>();
  for (const { atMs, target, to, reason, calls } of [...failovers].sort((a, b) => a.atMs - b.atMs)) {
    const way = JSON.stringify([target, to]);
    let episode = latest.get(way);
    if (!episode || atMs - episode.toMs > GAP_POINTS * pointMs) {
      episode = { target, to, reasons: [], calls: 0, fromMs: atMs, toMs: atMs };
      latest.set(way, episode);
      episodes.push(episode);
    }
    episode.toMs = Math.max(episode.toMs, atMs + pointMs);
    episode.calls += calls;
    const known = episode.reasons.find(([name]) => name === reason);
    if (known) known[1] += calls;
    else episode.reasons.push([reason, calls]);
  }
  for (const { reasons } of episodes) reasons.sort(([, a], [, b]) => b - a);
  return episodes.sort((a, b) => b.toMs - a.toMs || b.fromMs - a.fromMs || b.calls - a.calls);
}

const WORDS: Record<string, string> = {
  rate_limited: "rate limit",
  auth: "key refused",
  server: "server error",
  timeout: "too slow",
  connection: "no connection",
  invalid: "request refused",
  content_filter: "content filter",
  context_length: "context too long",
  truncated: "answer cut off",
  skipped: "known to be down",
};

/** A reason in words for people. */
export function reasonText(reason: string): string {
  return WORDS[reason] ?? reason;
}

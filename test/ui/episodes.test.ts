import { expect, test } from "bun:test";
import type { AttemptStatsRow, RequestRow } from "../../src/ui/api/types.ts";
import { episodesOf, episodesOfRequests } from "../../src/ui/pages/overview/episodes.ts";

const MINUTE_MS = 60_000;
const NOON_MS = Date.UTC(2026, 0, 12, 12);

const row = (minute: number, outcome: string, calls: number, to: string | null = "b/2"): AttemptStatsRow => ({
  start: new Date(NOON_MS + minute * MINUTE_MS).toISOString(),
  target: "a/1",
  to,
  outcome,
  ok: to === null ? 50 : 0,
  failed: outcome === "skipped" || to === null ? 0 : calls,
  refused: 0,
  cancelled: 0,
  skipped: outcome === "skipped" ? calls : 0,
  first_token_p50_ms: null,
  first_token_p95_ms: null,
});

test("an outage is one episode: failures, then calls that do not even try, with gaps of a probe", () => {
  const rows = [
    row(0, "server", 3),
    row(0, "ok", 9, null),
    row(1, "skipped", 20),
    row(1, "timeout", 1),
    row(4, "skipped", 5),
  ];
  expect(episodesOf(rows, MINUTE_MS)).toEqual([
    {
      target: "a/1",
      to: "b/2",
      reasons: [
        ["skipped", 25],
        ["server", 3],
        ["timeout", 1],
      ],
      calls: 29,
      fromMs: NOON_MS,
      toMs: NOON_MS + 5 * MINUTE_MS,
    },
  ]);
});

test("quiet between them makes two, newest first; another way is another episode", () => {
  const rows = [row(0, "server", 3), row(10, "server", 1), row(10, "server", 2, "c/3")];
  expect(episodesOf(rows, MINUTE_MS).map(({ to, calls, fromMs }) => [to, calls, fromMs])).toEqual([
    ["c/3", 2, NOON_MS + 10 * MINUTE_MS],
    ["b/2", 1, NOON_MS + 10 * MINUTE_MS],
    ["b/2", 3, NOON_MS],
  ]);
});

test("a team's are made from its own calls", () => {
  const attempt = (target: string, outcome: string) => ({
    target,
    outcome,
    reason: outcome === "failed" ? "server" : null,
  });
  const call = {
    started_at: new Date(NOON_MS + 30_000).toISOString(),
    attempts: [attempt("a/1", "failed"), attempt("a/1", "failed"), attempt("b/2", "ok")],
  } as unknown as RequestRow;
  expect(episodesOfRequests([call, call], MINUTE_MS)).toEqual([
    { target: "a/1", to: "b/2", reasons: [["server", 2]], calls: 2, fromMs: NOON_MS, toMs: NOON_MS + MINUTE_MS },
  ]);
});

import { describe, expect, test } from "bun:test";
import type { AttemptStatsRow, Stats, StatsRow, Target } from "../../src/ui/api/types.ts";
import { clientAvailability, lineOf, providerAvailability, providerLines } from "../../src/ui/pages/overview/series.ts";
import { targetsOut } from "../../src/ui/pages/overview/status-line.tsx";
import { rangeOf, spanOf } from "../../src/ui/ranges.ts";

const MINUTE_MS = 60_000;
const NOON_MS = Date.UTC(2026, 0, 12, 12);
const iso = (minute: number) => new Date(NOON_MS + minute * MINUTE_MS).toISOString();

describe("the time that charts show", () => {
  const stats = (...minutes: number[]) =>
    ({ from: iso(-60), to: iso(0), data: minutes.map((minute) => ({ start: iso(minute) })) }) as Stats;

  test.each([
    ["the whole range", [-60, -1], -60, 60],
    ["from just before the first call", [-31], -32, 32],
    ["at least ten points", [-2, -1], -10, 10],
    ["ten points without any call", [], -10, 10],
  ])("%s", (_, minutes, from, points) => {
    const span = spanOf(stats(...minutes), rangeOf("1h"));
    expect(span.fromMs).toBe(NOON_MS + from * MINUTE_MS);
    expect(span.points).toHaveLength(points);
    expect(span.toMs).toBe(NOON_MS);
  });

  test("an unknown range is the first", () => expect(rangeOf("2y").name).toBe("1h"));
});

test("availability: to clients of all calls, of a provider without what the request was to blame for", () => {
  expect(clientAvailability({ requests: 200, server_errors: 1 } as StatsRow)).toBe(99.5);
  expect(clientAvailability({ requests: 0, server_errors: 0 } as StatsRow)).toBeNull();
  expect(providerAvailability({ ok: 3, failed: 1, refused: 9 } as AttemptStatsRow)).toBe(75);
  expect(providerAvailability({ ok: 0, failed: 0, refused: 9 } as AttemptStatsRow)).toBeNull();
});

test("a line has a value a point and gaps where there was no call", () => {
  const rows = [{ start: iso(-1), value: 5 }];
  expect(lineOf([NOON_MS - 2 * MINUTE_MS, NOON_MS - MINUTE_MS, NOON_MS], rows, ({ value }) => value)).toEqual([
    null,
    5,
    null,
  ]);
});

test("a line a provider, by name; none for one that has no value", () => {
  const row = (provider: string, ok: number) => ({ provider, start: iso(0), ok, failed: 0 }) as AttemptStatsRow;
  const lines = providerLines([NOON_MS], [row("b", 1), row("a", 9), row("idle", 0)], providerAvailability);
  expect(lines.map(({ label, values }) => [label, values])).toEqual([
    ["a", [100]],
    ["b", [100]],
  ]);
});

test("a target is out when none of its keys can be used, but not when an operator took it out", () => {
  const target = (name: string, over: Partial<Target>) =>
    ({ target: name, state: "closed", reason: null, resting_until: null, ...over }) as Target;
  const rows = [
    target("a/1", { state: "open", reason: "breaker open: server" }),
    target("a/1", { resting_until: iso(1), reason: "resting: rate limit" }),
    target("b/2", { state: "open" }),
    target("b/2", {}),
    target("c/3", { state: "open", reason: "resting: drained" }),
  ];
  expect(targetsOut(rows)).toEqual([{ target: "a/1", reason: "breaker open: server" }]);
});

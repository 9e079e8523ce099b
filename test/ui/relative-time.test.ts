import { expect, test } from "bun:test";
import { relativeMs, withAbsoluteTimes } from "../../src/ui/api/relative-time.ts";

test.each([
  ["-24h", 86_400_000],
  ["-15m", 900_000],
  ["-30d", 2_592_000_000],
  ["24h", undefined],
  ["-1w", undefined],
  ["2026-01-12T12:00:00Z", undefined],
])("%s is %p ms", (text, ms) => expect(relativeMs(text)).toBe(ms));

test.each([
  ["/admin/stats?from=-1h&bucket=minute", "/admin/stats?from=2026-01-12T11%3A00%3A00.000Z&bucket=minute"],
  ["/admin/requests?text=-1h&to=-1d", "/admin/requests?text=-1h&to=2026-01-11T12%3A00%3A00.000Z"],
  ["/admin/requests?from=2026-01-12T11%3A00%3A00Z", "/admin/requests?from=2026-01-12T11%3A00%3A00Z"],
  ["/admin/targets", "/admin/targets"],
])("%s is asked as %s", (path, asked) => expect(withAbsoluteTimes(path, Date.UTC(2026, 0, 12, 12))).toBe(asked));

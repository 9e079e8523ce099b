import { expect, test } from "bun:test";
import { nextPacificMidnightMs } from "../../src/providers/pacific-midnight.ts";

test.each([
  ["in winter", "2026-01-15T12:00:00Z", "2026-01-16T08:00:00Z"],
  ["in summer", "2026-07-15T12:00:00Z", "2026-07-16T07:00:00Z"],
  ["just before", "2026-01-15T07:59:59.500Z", "2026-01-15T08:00:00Z"],
  ["at midnight itself", "2026-01-15T08:00:00Z", "2026-01-16T08:00:00Z"],
])("%s", (_name, now, expected) => {
  expect(new Date(nextPacificMidnightMs(Date.parse(now))).toISOString()).toBe(new Date(expected).toISOString());
});

import { describe, expect, test } from "bun:test";
import { parseCondition, valueText } from "../../../src/telemetry/alerts/condition.ts";
import { createQuantileWindow } from "../../../src/telemetry/alerts/quantile.ts";
import { isQuiet, parseQuiet } from "../../../src/telemetry/alerts/quiet.ts";
import { createWindow } from "../../../src/telemetry/alerts/window.ts";
import { seededRandom } from "../../support/seeded-random.ts";

describe("conditions", () => {
  test.each([
    ["failover_rate > 5% for 5m", { metric: "failover_rate", above: true, threshold: 0.05, forMs: 300_000 }],
    ["error_rate>0.5 for 30s", { metric: "error_rate", above: true, threshold: 0.5, forMs: 30_000 }],
    ["eval_score < 80% for 2h", { metric: "eval_score", above: false, threshold: 0.8, forMs: 7_200_000 }],
    [
      " P95_first_token_ms > 2500 for 1M ",
      { metric: "p95_first_token_ms", above: true, threshold: 2_500, forMs: 60_000 },
    ],
    ["target_down > 0 for 1s", { metric: "target_down", above: true, threshold: 0, forMs: 1_000 }],
    ["budget_used > 100% for 24h", { metric: "budget_used", above: true, threshold: 1, forMs: 86_400_000 }],
  ] as const)("%s", (text, condition) => expect(parseCondition(text)).toEqual({ condition }));

  test.each([
    ["failover_rat > 5% for 5m", /no metric "failover_rat"/],
    ["failover_rate >= 5% for 5m", /form/],
    ["failover_rate > 5%", /form/],
    ["failover_rate > 5% for 5d", /form/],
    ["failover_rate > -5% for 5m", /form/],
    ["failover_rate > 5 for 5m", /share: write 5% or 0.05/],
    ["failover_rate > 101% for 5m", /at most 100%/],
    ["target_down > 50% for 5m", /not a share/],
    ["error_rate > 5% for 0s", /1s to 24h/],
    ["error_rate > 5% for 25h", /1s to 24h/],
    ["toString > 5% for 5m", /no metric/],
  ])("%s is a fault", (text, fault) =>
    expect(parseCondition(text)).toMatchObject({ fault: expect.stringMatching(fault) }),
  );

  test.each([
    ["failover_rate", 0.2345, "23.4 %"],
    ["failover_rate", 0.0005, "0.05 %"],
    ["p95_first_token_ms", 1_234.6, "1235 ms"],
    ["target_down", 2, "2"],
    ["error_rate", null, "not measured"],
  ] as const)("%s of %d is shown as %s", (metric, value, text) => expect(valueText(metric, value)).toBe(text));
});

describe("quiet hours", () => {
  const at = (time: string) => Date.parse(`2026-01-12T${time}:00Z`);
  test.each([
    ["22:00-06:00", "21:59", false],
    ["22:00-06:00", "22:00", true],
    ["22:00-06:00", "03:00", true],
    ["22:00-06:00", "06:00", false],
    ["12:30-13:00", "12:45", true],
    ["12:30-13:00", "13:00", false],
  ])("%s at %s: %p", (quiet, time, expected) => expect(isQuiet(parseQuiet(quiet)!, at(time))).toBe(expected));

  test.each(["22-06", "24:00-06:00", "22:00-22:00", "22:60-23:00", "at night"])("%s is none", (text) =>
    expect(parseQuiet(text)).toBeUndefined(),
  );
});

describe("windows", () => {
  test("hold exactly what lies within their time, and at most one bucket more", () => {
    const window = createWindow(60_000, 1, 100);
    for (let at = 0; at < 600_000; at += 1_000) window.add(0, 1, at);
    const [count] = window.sums(599_000);
    expect(count).toBeGreaterThanOrEqual(60);
    expect(count).toBeLessThanOrEqual(62);
    expect(window.sums(599_000 + 61_001)[0]).toBe(0);
  });

  test("a quantile is within 2.5 % of the exact one, whatever the scale", () => {
    const random = seededRandom(7);
    for (const scale of [3, 300, 30_000]) {
      const window = createQuantileWindow(60_000, 500);
      const values = Array.from({ length: 2_000 }, () => scale * (1 + 4 * random()));
      for (const value of values) window.add(value, 1_000);
      const exact = values.sort((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1]!;
      expect(Math.abs(window.quantile(0.95, 2_000)! / exact - 1)).toBeLessThan(0.026);
      expect(window.quantile(0.95, 200_000)).toBeUndefined();
    }
  });
});

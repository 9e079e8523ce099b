import { expect, test } from "bun:test";
import { behind, shareOfThreshold, valueText } from "../../../src/ui/pages/alerts/metric.ts";

test.each([
  ["failover_rate", 0.491, "49.1 %"],
  ["eval_score", 1, "100 %"],
  ["p95_first_token_ms", 1_234, "1.23 s"],
  ["target_down", 2, "2"],
  ["error_rate", null, "nothing to measure"],
])("%s of %p is %s", (metric, value, text) => expect(valueText(metric, value)).toBe(text));

test.each([
  ["failover_rate > 5% for 5m", 0.05, 0.025, 0.5],
  ["failover_rate > 5% for 5m", 0.05, 0.2, 4],
  ["target_down > 0 for 2m", 0, 0, 0],
  ["target_down > 0 for 2m", 0, 1, 1],
  ["eval_score < 80% for 1h", 0.8, 1, 0.8],
  ["eval_score < 80% for 1h", 0.8, 0, 1],
  ["eval_score < 80% for 1h", 0.8, null, null],
])("%s, %p, at %p: %p of the way", (when, threshold, value, share) =>
  expect(shareOfThreshold({ when, threshold, value })).toBe(share),
);

test.each([
  ["failover_rate", "/ui/requests", "?failover=true&model=fast&from=-1h"],
  ["eval_score", "/ui/quality", "?eval=json&model=fast"],
  ["target_down", "/ui/routes", ""],
])("behind %s is %s%s", (metric, path, query) =>
  expect(behind({ metric, model: "fast", eval: "json" })).toEqual({ path, query }),
);

import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test("every target and key, with its rest as a time", async () => {
  const gateway = standIn();
  const common = { provider: "a", model: "m", target: "a/m", inFlight: 2, consecutiveFailures: 5, latencyMs: 412.5 };
  const quota = { requests: { limit: 500, remaining: 12, resetAtMs: Date.UTC(2026, 0, 1) }, pacedPerMinute: 30 };
  const quotaJson = {
    requests: { limit: 500, remaining: 12, resets_at: "2026-01-01T00:00:00.000Z" },
    paced_per_minute: 30,
  };
  gateway.ports.admin.targets = () => [
    { ...common, key: "k1", state: "open", reason: "5 failures", restingUntilMs: Date.UTC(2026, 0, 1), quota: null },
    { ...common, key: "k2", state: "closed", reason: null, restingUntilMs: null, quota },
  ];
  const response = await gateway.get("/admin/targets", { authorization: "Bearer viewer-token" });
  const shared = { provider: "a", model: "m", target: "a/m", in_flight: 2, consecutive_failures: 5, latency_ms: 412.5 };
  expect(await response.json()).toEqual({
    data: [
      {
        ...shared,
        key: "k1",
        state: "open",
        reason: "5 failures",
        resting_until: "2026-01-01T00:00:00.000Z",
        quota: null,
      },
      { ...shared, key: "k2", state: "closed", reason: null, resting_until: null, quota: quotaJson },
    ],
    next: null,
  });
  await gateway.stop();
});

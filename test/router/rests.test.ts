import { describe, expect, test } from "bun:test";
import { createRests } from "../../src/router/rests.ts";

describe("rests", () => {
  test("a rate limit rests one key for one model, until the time the upstream named", () => {
    const rests = createRests();
    rests.put("p", "k1", "m", { reason: "rate_limited", untilMs: 3_000, now: 0 });
    expect(rests.of("p", "k1", "m", 2_999)).toMatchObject({ untilMs: 3_000, reason: "rate_limited" });
    expect(rests.of("p", "k1", "m", 3_000)).toBeUndefined();
    expect(rests.of("p", "k2", "m", 0)).toBeUndefined();
    expect(rests.of("p", "k1", "other", 0)).toBeUndefined();
  });

  test("without a hint the pause is five seconds and doubles", () => {
    const rests = createRests();
    const pauses = [0, 10_000, 30_000].map((now) => {
      rests.put("p", "k", "m", { reason: "rate_limited", now });
      return rests.of("p", "k", "m", now)!.untilMs - now;
    });
    expect(pauses).toEqual([5_000, 10_000, 20_000]);
  });

  test("a refused key and a spent quota rest the whole key, a missing model the target for all keys", () => {
    const rests = createRests();
    rests.put("p", "bad", "m", { reason: "auth", now: 0 });
    rests.put("q", "broke", "m", { reason: "quota_exhausted", untilMs: 1_000, now: 0 });
    rests.put("r", "k", "gone", { reason: "model_not_found", now: 0 });
    expect(rests.of("p", "bad", "any-model", 1)?.reason).toBe("auth");
    expect(rests.of("q", "broke", "any-model", 1)?.reason).toBe("quota_exhausted");
    expect(rests.of("r", "other-key", "gone", 1)?.reason).toBe("model_not_found");
    expect(rests.of("r", "k", "present", 1)).toBeUndefined();
  });

  test("a success clears what was held against the key, but not a drained target", () => {
    const rests = createRests();
    rests.put("p", "k", "m", { reason: "auth", now: 0 });
    rests.put("p", "k", "m", { reason: "drained", now: 0 });
    rests.clear("p", "k", "m");
    expect(rests.of("p", "k", "m", 1)?.reason).toBe("drained");
  });

  test("survives a restart as plain entries", () => {
    const before = createRests();
    before.put("p", "k", "m", { reason: "rate_limited", untilMs: 9_000, now: 0 });
    before.put("p", "old", "m", { reason: "rate_limited", untilMs: 10, now: 0 });
    const after = createRests();
    after.restore(JSON.parse(JSON.stringify(before.entries(100))));
    expect(after.of("p", "k", "m", 100)?.untilMs).toBe(9_000);
    expect(after.entries(100)).toHaveLength(1);
  });

  test("a new configuration gives refused keys another chance, and only those", () => {
    const rests = createRests();
    rests.put("p", "k", "m", { reason: "auth", now: 0 });
    rests.put("p", "k", "m", { reason: "rate_limited", untilMs: 1_000, now: 0 });
    rests.clearReason("auth");
    expect(rests.of("p", "k", "m", 1)?.reason).toBe("rate_limited");
  });
});

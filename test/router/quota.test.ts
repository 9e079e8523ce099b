import { describe, expect, test } from "bun:test";
import { createPace } from "../../src/router/pace.ts";
import { createQuota } from "../../src/router/quota.ts";
import { createWindow } from "../../src/router/window.ts";

const DEMAND = { inputTokens: 100, outputTokens: 50 };

describe("a window", () => {
  test("of a token bucket comes back steadily", () => {
    const window = createWindow();
    // 600 a minute, 540 used: full again in 54 s.
    window.told({ limit: 600, remaining: 60, resetAtMs: 54_000 }, undefined, 0);
    for (let i = 0; i < 60; i++) {
      expect(window.waitMs(1, 0)).toBe(0);
      window.take(1, 0);
    }
    expect(window.waitMs(1, 0)).toBeCloseTo(100);
    expect(window.waitMs(1, 100)).toBeCloseTo(0);
    expect(window.closedUntilMs(0)).toBeUndefined();
  });

  test("that comes back all at once is closed until then", () => {
    const window = createWindow();
    window.told({ limit: 600, remaining: 1, resetAtMs: 20_000, windowMs: 60_000 }, undefined, 0);
    window.take(1, 0);
    expect(window.waitMs(1, 5_000)).toBe(15_000);
    expect(window.closedUntilMs(5_000)).toBe(20_000);
    expect(window.waitMs(1, 20_000)).toBe(0);
    expect(window.status(20_000)).toEqual({ limit: 600, remaining: 600, resetAtMs: null });
  });

  test("of a length nobody documents is taken for a bucket when two answers imply the same length", () => {
    const window = createWindow();
    // 100 in 10 s.
    window.told({ limit: 100, remaining: 40, resetAtMs: 6_000 }, undefined, 0);
    expect(window.closedUntilMs(0)).toBeUndefined();
    window.told({ limit: 100, remaining: 0, resetAtMs: 1_500 + 10_000 }, undefined, 1_500);
    expect(window.waitMs(1, 1_500)).toBeCloseTo(100);
  });

  test("does not count twice what an answer has counted, nor forget what it can't have counted", () => {
    const window = createWindow();
    window.told({ limit: 10, remaining: 9, resetAtMs: 6_000 }, undefined, 0);
    const first = window.take(1, 0);
    window.take(1, 0);
    window.take(1, 0);
    window.told({ limit: 10, remaining: 8, resetAtMs: 12_000 }, first, 0);
    expect(window.status(0).remaining).toBe(6);
  });

  test("places in the queue are taken in order, and given back by who leaves", () => {
    const window = createWindow();
    window.told({ limit: 60, remaining: 0, resetAtMs: 60_000 }, undefined, 0);
    const waits = [1, 2, 3].map(() => {
      const wait = window.waitMs(1, 0);
      window.take(1, 0);
      return Math.round(wait);
    });
    expect(waits).toEqual([1_000, 2_000, 3_000]);
    window.giveBack(1);
    expect(Math.round(window.waitMs(1, 0))).toBe(3_000);
  });

  test("a call larger than the whole limit waits until it is full, not for ever", () => {
    const window = createWindow();
    window.told({ limit: 1_000, remaining: 0, resetAtMs: 60_000 }, undefined, 0);
    expect(window.waitMs(5_000, 0)).toBeCloseTo(60_000);
    expect(window.waitMs(5_000, 60_000)).toBe(0);
  });
});

describe("a pace", () => {
  test("there is none before a 429, and none from a single one at little traffic", () => {
    const pace = createPace();
    pace.answered(0);
    pace.limited(10);
    expect(pace.waitMs(10)).toBe(0);
    expect(pace.perMinute(10)).toBeUndefined();
  });

  test("after a 429 it keeps below what had got through, and creeps up", () => {
    const pace = createPace();
    for (let now = 0; now < 30_000; now += 100) pace.answered(now);
    pace.limited(30_000);
    const then = pace.perMinute(30_000)!;
    expect(then).toBeWithin(500, 600);
    expect(pace.perMinute(60_000)!).toBeGreaterThan(then);
    expect(pace.perMinute(60_000)!).toBeLessThan(then * 1.1);
    expect(pace.perMinute(700_000)).toBeUndefined();
  });

  test("many calls that meet one limit slow it down once", () => {
    const pace = createPace();
    for (let now = 0; now < 30_000; now += 100) pace.answered(now);
    pace.limited(30_000);
    const once = pace.perMinute(30_000)!;
    for (let i = 0; i < 50; i++) pace.limited(30_000 + i);
    expect(pace.perMinute(30_050)!).toBeCloseTo(once, 0);
    pace.limited(40_000);
    expect(pace.perMinute(40_000)!).toBeLessThan(once);
  });

  test("spaces calls", () => {
    const pace = createPace();
    for (let now = 0; now < 30_000; now += 100) pace.answered(now);
    pace.limited(30_000);
    let sent = 0;
    for (let now = 30_000; now < 40_000; now += 10) {
      if (pace.waitMs(now) > 0) continue;
      pace.take(now);
      sent += 1;
    }
    expect(sent).toBeWithin(85, 115);
  });
});

describe("a quota", () => {
  test("asks for whatever is scarcest", () => {
    const quota = createQuota();
    const told = {
      requests: { limit: 600, remaining: 600 },
      tokens: { limit: 6_000, remaining: 100, resetAtMs: 59_000 },
    };
    quota.told(told, undefined, false, 0);
    expect(quota.waitMs(DEMAND, 0)).toBeCloseTo(500);
    expect(quota.waitMs({ inputTokens: 50, outputTokens: 0 }, 0)).toBe(0);
    expect(quota.usedUp(0)).toBe(false);
  });

  test("reads headers always near a limit, seldom far from it", () => {
    const quota = createQuota();
    expect(quota.wantsToKnow(0)).toBe(true);
    quota.told({}, undefined, false, 0);
    expect([quota.wantsToKnow(4_999), quota.wantsToKnow(5_000)]).toEqual([false, true]);
    quota.told({ requests: { limit: 10, remaining: 9 } }, undefined, false, 5_000);
    expect([quota.wantsToKnow(5_100), quota.wantsToKnow(5_250)]).toEqual([false, true]);
    quota.told({ requests: { limit: 10, remaining: 4 } }, undefined, false, 5_250);
    expect(quota.wantsToKnow(5_250)).toBe(true);
  });

  test("a 429 that its windows explain starts no pace; one that they don't does", () => {
    const explained = createQuota();
    for (let now = 0; now < 10_000; now += 100) explained.answered(now);
    explained.told({ requests: { limit: 10, remaining: 0, resetAtMs: 40_000 } }, undefined, true, 10_000);
    expect(explained.isPaced()).toBe(false);
    const unexplained = createQuota();
    for (let now = 0; now < 10_000; now += 100) unexplained.answered(now);
    unexplained.told({ requests: { limit: 10, remaining: 5, resetAtMs: 40_000 } }, undefined, true, 10_000);
    expect(unexplained.isPaced()).toBe(true);
  });
});

import { describe, expect, test } from "bun:test";
import { type BreakerOptions, createBreaker } from "../../src/router/breaker.ts";
import { scriptedRandom } from "../support/seeded-random.ts";

const OPTIONS: BreakerOptions = {
  consecutiveFailures: 5,
  failurePercent: 20,
  windowMs: 30_000,
  openMs: 5_000,
  maxOpenMs: 300_000,
};
/** Draws of 0.5 are a jitter of nothing. */
const steady = scriptedRandom(0.5);

function breaker(options: Partial<BreakerOptions> = {}) {
  const changes: string[] = [];
  return { changes, ...createBreaker({ ...OPTIONS, ...options }, steady, (state) => changes.push(state)) };
}

function failTimes(target: ReturnType<typeof breaker>, times: number, now: number) {
  for (let i = 0; i < times; i++) target.failed(now, "server (HTTP 500)", false);
}

describe("breaker", () => {
  test("opens at the fifth failure in a row, not at the fourth", () => {
    const b = breaker();
    failTimes(b, 4, 1_000);
    expect(b.state(1_000)).toBe("closed");
    failTimes(b, 1, 1_000);
    expect(b.state(1_000)).toBe("open");
    expect(b.reason()).toBe("5 failures in a row, last: server (HTTP 500)");
    expect(b.changes).toEqual(["open"]);
  });

  test("a success in between starts the count anew", () => {
    const b = breaker({ failurePercent: 100 });
    failTimes(b, 4, 0);
    b.succeeded(0);
    failTimes(b, 4, 0);
    expect(b.state(0)).toBe("closed");
  });

  test("opens on a share of failures over the window, from ten calls on", () => {
    const b = breaker({ consecutiveFailures: 100 });
    for (let i = 0; i < 7; i++) b.succeeded(i);
    failTimes(b, 2, 10);
    expect(b.state(10)).toBe("closed");
    failTimes(b, 1, 10);
    expect(b.state(10)).toBe("open");
  });

  test("failures older than the window are forgotten", () => {
    const b = breaker({ consecutiveFailures: 100 });
    failTimes(b, 9, 0);
    for (let i = 0; i < 9; i++) b.succeeded(40_000);
    failTimes(b, 1, 40_000);
    expect(b.state(40_000)).toBe("closed");
  });

  test("half-open lets exactly one call through, and its place comes back when the client leaves", () => {
    const b = breaker();
    failTimes(b, 5, 0);
    expect(b.claimProbe(4_999)).toBe(false);
    expect(b.state(5_000)).toBe("half-open");
    expect(b.claimProbe(5_000)).toBe(true);
    expect(b.claimProbe(5_000)).toBe(false);
    expect(b.mayProbe(5_000)).toBe(false);
    b.releaseProbe();
    expect(b.claimProbe(5_001)).toBe(true);
    b.succeeded(5_002);
    expect(b.state(5_002)).toBe("closed");
    expect(b.changes).toEqual(["open", "closed"]);
  });

  test("a failed probe opens it again, for longer, but within 25 s during the first five minutes", () => {
    const b = breaker();
    failTimes(b, 5, 0);
    const openTimes: number[] = [];
    let now = 5_000;
    for (let i = 0; i < 8; i++) {
      expect(b.claimProbe(now)).toBe(true);
      b.failed(now, "timeout", true);
      openTimes.push(b.opensUntil() - now);
      now = b.opensUntil();
    }
    expect(openTimes.slice(0, 3)).toEqual([7_500, 11_250, 16_875]);
    expect(Math.max(...openTimes)).toBe(25_000);
  });

  test("after five minutes of outage it stays open for up to maxOpenMs", () => {
    const b = breaker();
    failTimes(b, 5, 1);
    let now = b.opensUntil();
    while (now < 400_000) {
      b.claimProbe(now);
      b.failed(now, "timeout", true);
      now = b.opensUntil();
    }
    expect(b.claimProbe(now)).toBe(true);
    b.failed(now, "timeout", true);
    expect(b.opensUntil() - now).toBeGreaterThan(25_000);
    expect(b.opensUntil() - now).toBeLessThanOrEqual(300_000);
  });

  test("a late failure of a call from before the opening does not prolong it", () => {
    const b = breaker();
    failTimes(b, 5, 0);
    const until = b.opensUntil();
    b.failed(4_000, "server", false);
    expect(b.opensUntil()).toBe(until);
  });
});

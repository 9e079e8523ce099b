import { expect, test } from "bun:test";
import { fastClock } from "../../src/cli/drill/fast-clock.ts";

test("time goes as many times faster as asked, and timers keep to it", async () => {
  const clock = fastClock(50);
  const since = performance.now();
  await new Promise<void>((resolve) => void clock.after(1_000, resolve));
  expect(clock.monotonic()).toBeGreaterThanOrEqual(1_000);
  expect(performance.now() - since).toBeGreaterThan(10);
  clock.stop();
});

test("a process that is held up does not make time pass", () => {
  const clock = fastClock(50);
  const before = clock.monotonic();
  const until = performance.now() + 40;
  while (performance.now() < until);
  expect(clock.monotonic()).toBe(before);
  clock.stop();
});

test("a cancelled timer stays silent", async () => {
  const clock = fastClock(50);
  const fired: string[] = [];
  const cancel = clock.after(50, () => fired.push("cancelled"));
  cancel();
  await new Promise<void>((resolve) => void clock.after(200, resolve));
  expect(fired).toEqual([]);
  clock.stop();
});

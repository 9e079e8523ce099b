import { describe, expect, test } from "bun:test";
import { createLatency, MIN_QUANTILE_SAMPLES, UNSEEN_MS } from "../../src/router/latency.ts";
import { bucketOf, createPromptScale } from "../../src/router/prompt-scale.ts";

const SHORT = bucketOf(100);
const latency = () => createLatency(createPromptScale());

describe("peak-EWMA", () => {
  test("a target nobody has tried counts a second", () => {
    expect(latency().read(0)).toBe(UNSEEN_MS);
    expect(latency().peek()).toBeUndefined();
  });

  test("jumps to a slower answer at once, comes down to faster ones slowly", () => {
    const one = latency();
    one.sample(300, SHORT, 0);
    one.sample(3_000, SHORT, 100);
    expect(one.peek()).toBe(3_000);
    one.sample(300, SHORT, 200);
    expect(one.peek()).toBeGreaterThan(2_900);
    one.sample(300, SHORT, 10_200);
    expect(one.peek()).toBeCloseTo(300 + (one.peek()! - 300), 0);
    expect(one.peek()).toBeLessThan(1_400);
  });

  test("forgets by being read: ten times slower is tried again after some twenty decisions, however rare they are", () => {
    for (const everyMs of [1_000, 60_000]) {
      const slow = latency();
      slow.sample(3_000, SHORT, 0);
      let reads = 0;
      while (slow.read(reads * everyMs) > 300) reads += 1;
      expect(reads).toBeWithin(20, 27);
    }
  });

  test("and within seconds of time where decisions are many", () => {
    const slow = latency();
    slow.sample(3_000, SHORT, 0);
    for (let now = 0; now <= 23_500; now += 50) slow.read(now);
    expect(slow.peek()).toBeLessThan(300);
  });

  test("looking does not forget", () => {
    const one = latency();
    one.sample(500, SHORT, 0);
    for (let i = 0; i < 100; i++) one.peek();
    expect(one.peek()).toBe(500);
  });

  test("a failure counts as a slow answer", () => {
    const one = latency();
    one.sample(20, SHORT, 0);
    one.penalise(5_000, 1);
    expect(one.peek()).toBe(5_000);
  });
});

describe("prompt sizes", () => {
  test("a target that gets the long prompts does not look slow", () => {
    const scale = createPromptScale();
    const [short, long] = [createLatency(scale), createLatency(scale)];
    for (let i = 0; i < 50; i++) {
      short.sample(300, bucketOf(1_000), i * 100);
      long.sample(3_000, bucketOf(200_000), i * 100);
    }
    expect(long.peek()! / short.peek()!).toBeWithin(0.8, 1.2);
  });

  test("a target that is slow for its prompts does", () => {
    const scale = createPromptScale();
    const [quick, slow] = [createLatency(scale), createLatency(scale)];
    for (let i = 0; i < 200; i++) {
      quick.sample(300, bucketOf(1_000), i * 100);
      quick.sample(3_000, bucketOf(200_000), i * 100);
      slow.sample(30_000, bucketOf(200_000), i * 100);
    }
    expect(slow.peek()! / quick.peek()!).toBeGreaterThan(3);
  });

  test.each([
    [0, undefined, 0],
    [4_096, undefined, 0],
    [4_097, undefined, 1],
    [10_000_000, undefined, 5],
    [100, 0, 6],
    [100, 100_000, 36],
  ])("%p bytes and %p tokens of output are bucket %p", (bytes, output, bucket) => {
    expect(bucketOf(bytes, output)).toBe(bucket);
  });
});

test("quantiles need samples, keep streams and whole answers apart, and count what was given up as at least so long", () => {
  const one = latency();
  for (let i = 1; i < MIN_QUANTILE_SAMPLES; i++) one.sample(i, SHORT, 0);
  expect(one.quantileMs(0.95, true)).toBeUndefined();
  one.sample(20, SHORT, 0);
  expect(one.quantileMs(0.95, true)).toBe(20);
  expect(one.quantileMs(0.95, false)).toBeUndefined();
  for (let i = 0; i < 20; i++) one.atLeast(1_000, SHORT);
  expect(one.quantileMs(0.9, true)).toBe(1_000);
});

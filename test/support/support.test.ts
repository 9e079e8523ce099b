import { describe, expect, test } from "bun:test";
import { sleep } from "../../src/canonical/deps.ts";
import { collectingLog } from "./collecting-log.ts";
import { scriptedRandom, seededRandom } from "./seeded-random.ts";
import { simulatedClock } from "./simulated-clock.ts";

describe("simulated clock", () => {
  test("stands still until advanced and then moves by exactly that much", async () => {
    const clock = simulatedClock(1_000);
    expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0]);
    await clock.advance(250.5);
    expect([clock.now(), clock.monotonic()]).toEqual([1_250.5, 250.5]);
  });

  test("fires timers in order of time, ties in order of creation, each at its own time", async () => {
    const clock = simulatedClock(0);
    const seen: string[] = [];
    for (const [name, ms] of [
      ["c", 30],
      ["a", 10],
      ["b1", 20],
      ["b2", 20],
      ["late", 31],
    ] as const) {
      clock.after(ms, () => seen.push(`${name}@${clock.now()}`));
    }
    await clock.advance(30);
    expect(seen).toEqual(["a@10", "b1@20", "b2@20", "c@30"]);
    expect(clock.pending()).toBe(1);
  });

  test("a cancelled timer never fires and is no longer pending", async () => {
    const clock = simulatedClock();
    let fired = false;
    const cancel = clock.after(5, () => {
      fired = true;
    });
    cancel();
    expect(clock.pending()).toBe(0);
    await clock.advance(10);
    expect(fired).toBe(false);
  });

  test("a loop of sleeps runs to its end within one advance", async () => {
    const clock = simulatedClock(0);
    const ticks: number[] = [];
    const loop = (async () => {
      for (let turn = 0; turn < 5; turn++) {
        await sleep(clock, 100);
        ticks.push(clock.monotonic());
      }
    })();
    await clock.advance(500);
    await loop;
    expect(ticks).toEqual([100, 200, 300, 400, 500]);
  });

  test("work that goes through a web stream is seen before time goes on", async () => {
    const clock = simulatedClock(0);
    const seen: number[] = [];
    const body = new Response("x").body!.pipeThrough(new TransformStream());
    const reading = (async () => {
      for await (const _ of body) clock.after(10, () => seen.push(clock.monotonic()));
    })();
    await clock.advance(10);
    await reading;
    expect(seen).toEqual([10]);
  });
});

test("seeded random repeats for a seed, differs between seeds and fills [0, 1) evenly", () => {
  const draw = (seed: number, count: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: count }, () => random());
  };
  expect(draw(7, 5)).toEqual(draw(7, 5));
  expect(draw(7, 5)).not.toEqual(draw(8, 5));
  const deciles = new Array<number>(10).fill(0);
  for (const value of draw(1, 10_000)) deciles[Math.floor(value * 10)]!++;
  for (const count of deciles) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

test("scripted random gives its numbers in turn", () => {
  const random = scriptedRandom(0.1, 0.9);
  expect([random(), random(), random()]).toEqual([0.1, 0.9, 0.1]);
});

test("collecting log keeps lines by level, and causes of errors in its text", () => {
  const { log, lines, messages, text } = collectingLog();
  log("warn", "slow", { ms: 5 });
  log("error", "broken", { error: new Error("outer", { cause: new Error("inner") }) });
  expect(lines[0]).toEqual({ level: "warn", message: "slow", fields: { ms: 5 } });
  expect(messages("error")).toEqual(["broken"]);
  expect(text()).toContain("inner");
});

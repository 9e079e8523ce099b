import { describe, expect, test } from "bun:test";
import type { AttemptOutcome, Gate } from "../../src/canonical/attempt.ts";
import { GatewayError } from "../../src/canonical/errors.ts";
import { createHedges } from "../../src/router/hedge.ts";
import { createLatency } from "../../src/router/latency.ts";
import { bucketOf, createPromptScale } from "../../src/router/prompt-scale.ts";
import { createWorld, type UpstreamAnswer } from "../simulation/world.ts";

const words: UpstreamAnswer = { headMs: 10, tokens: [{ text: "hello", afterMs: 0 }] };
const stalled: UpstreamAnswer = { ...words, headMs: 10_000 };
const HEDGE = { afterMs: 500, budgetPercent: 100 };

interface Settled {
  kind: string;
  outcome: AttemptOutcome;
}

function rig(answers: Record<string, UpstreamAnswer[]>, keys: Record<string, string[]> = {}, gate?: Gate) {
  const settled: Settled[] = [];
  const seen: Gate = (call, plan) => {
    const verdict = gate?.(call, plan);
    if (verdict && "refused" in verdict) return verdict;
    return { settle: (outcome) => void settled.push({ kind: plan.kind, outcome }) };
  };
  const world = createWorld({
    hedge: HEDGE,
    gates: [seen],
    timeouts: { connectMs: 5_000, idleMs: 20_000, totalMs: 60_000, firstTokenMs: 20_000, responseMs: 20_000 },
    upstreams: Object.fromEntries(
      Object.entries(answers).map(([name, script]) => [
        name,
        { keys: keys[name], answer: () => (script.length > 1 ? script.shift()! : script[0]!) },
      ]),
    ),
  });
  return { world, settled };
}

const attempts = (record: { attempts: { provider: string; key: string; kind: string; outcome: string }[] }) =>
  record.attempts.map(({ provider, key, kind, outcome }) => `${kind} ${provider}:${key} ${outcome}`);

describe.each([true, false])("stream: %p", (stream) => {
  test("a slow first attempt is overtaken by another key of the same target; the loser is cancelled and billed", async () => {
    const { world, settled } = rig({ a: [stalled, words], b: [words] }, { a: ["k1", "k2"] });
    const running = world.call({ stream });
    await world.clock.advance(600);
    const { record, text, endedMs } = await running;
    expect({ text, endedMs }).toEqual({ text: "hello", endedMs: 510 });
    expect(attempts(record)).toEqual(["first a:k1 cancelled", "hedge a:k2 ok"]);
    expect(record.answeredBy).toMatchObject({ target: "a/m" });
    expect(record.costNanoUsd).toBe(14);
    expect(record.attempts[0]!.usage).toMatchObject({ estimated: true });
    expect(settled.map(({ kind, outcome }) => [kind, outcome.cancelled, outcome.costNanoUsd])).toEqual([
      ["first", true, 7],
      ["hedge", false, 7],
    ]);
    expect(world.requests.get("call-1")![0]!.signal.aborted).toBe(true);
    expect(world.clock.pending()).toBe(0);
  });

  test("without another key the next target is asked", async () => {
    const { world } = rig({ a: [stalled], b: [words] });
    const running = world.call({ stream });
    await world.clock.advance(600);
    const { record } = await running;
    expect(attempts(record)).toEqual(["first a:key cancelled", "hedge b:key ok"]);
    expect(record.answeredBy).toMatchObject({ target: "b/m" });
    expect(world.health.channel("a", "key", "m").breaker.consecutiveFailures()).toBe(0);
  });

  test("when the first one wins after all, the second is the loser", async () => {
    const { world } = rig({ a: [{ ...words, headMs: 700 }, stalled] }, { a: ["k1", "k2"] });
    const running = world.call({ stream });
    await world.clock.advance(800);
    expect(attempts((await running).record)).toEqual(["first a:k1 ok", "hedge a:k2 cancelled"]);
  });

  test("a hedge that fails leaves the first one running", async () => {
    const down: UpstreamAnswer = { headMs: 5, status: 503, body: { error: { message: "down" } } };
    const { world } = rig({ a: [{ ...words, headMs: 2_000 }], b: [down] });
    const running = world.call({ stream });
    await world.clock.advance(2_100);
    const { record, text } = await running;
    expect(text).toBe("hello");
    expect(attempts(record)).toEqual(["first a:key ok", "hedge b:key failed"]);
  });

  test("when both fail, the call goes on to what is left", async () => {
    const down: UpstreamAnswer = { headMs: 900, status: 503, body: { error: { message: "down" } } };
    const { world } = rig({ a: [{ ...down, headMs: 600 }], b: [down], c: [words] });
    const running = world.call({ stream });
    await world.clock.advance(10_000);
    const { record, text } = await running;
    expect(text).toBe("hello");
    expect(attempts(record).at(-1)).toBe("failover c:key ok");
    expect(attempts(record).filter((line) => line.startsWith("hedge"))).toHaveLength(1);
  });

  test("a client who leaves cancels both", async () => {
    const { world } = rig({ a: [stalled] }, { a: ["k1", "k2"] });
    const client = new AbortController();
    const running = world.call({ stream, signal: client.signal });
    await world.clock.advance(600);
    client.abort();
    await world.clock.advance(0);
    const { error, record } = await running;
    expect(error).toBe("client_closed");
    expect(attempts(record)).toEqual(["first a:k1 cancelled", "hedge a:k2 cancelled"]);
    expect(world.requests.get("call-1")!.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  });

  test("a second attempt that a gate refuses is not sent, and costs no budget", async () => {
    const refuse: Gate = (_call, plan) =>
      plan.kind === "hedge"
        ? { refused: new GatewayError("budget_exceeded", "no money"), scope: "target" }
        : { settle() {} };
    const { world } = rig({ a: [{ ...words, headMs: 1_500 }], b: [words] }, {}, refuse);
    const running = world.call({ stream });
    await world.clock.advance(1_600);
    const { record, text } = await running;
    expect(text).toBe("hello");
    expect(attempts(record)).toEqual(["first a:key ok"]);
  });

  test("nothing is sent to what is not well", async () => {
    const { world } = rig({ a: [{ ...words, headMs: 1_500 }], b: [words] });
    world.health.rests.put("b", "key", "m", { reason: "drained", now: world.clock.now() });
    const running = world.call({ stream });
    await world.clock.advance(1_600);
    expect(attempts((await running).record)).toEqual(["first a:key ok"]);
  });
});

describe("when", () => {
  const learned = (count: number, ms: number) => {
    const latency = createLatency(createPromptScale());
    for (let i = 0; i < count; i++) latency.sample(ms + i, bucketOf(10), 0);
    return latency;
  };
  const p95 = createHedges({ afterMs: "p95", budgetPercent: 10 });

  test("at the 95th percentile of enough samples, not under half a second", () => {
    expect(p95.delayMs(learned(19, 1_000), true)).toBeUndefined();
    expect(p95.delayMs(learned(100, 1_000), true)).toBe(1_095);
    expect(p95.delayMs(learned(100, 100), true)).toBe(500);
    expect(p95.delayMs(learned(100, 1_000), false)).toBeUndefined();
  });

  test("later where the budget is smaller than what is beyond the 95th", () => {
    const small = createHedges({ afterMs: "p95", budgetPercent: 2 });
    expect(small.delayMs(learned(100, 1_000), true)).toBe(1_098);
  });

  test("after a fixed time where one is set", () => {
    expect(createHedges({ afterMs: 80, budgetPercent: 3 }).delayMs(learned(0, 0), true)).toBe(80);
  });

  test("never more than the budget's share of calls", () => {
    const hedges = createHedges({ afterMs: 80, budgetPercent: 3 });
    let taken = 0;
    for (let call = 1; call <= 10_000; call++) {
      hedges.callStarted();
      if (hedges.take()) taken += 1;
      expect(taken).toBeLessThanOrEqual(0.03 * call + 1e-9);
    }
    expect(taken).toBeGreaterThan(290);
  });
});

import { describe, expect, test } from "bun:test";
import { createHealth } from "../../src/router/health.ts";
import { bucketOf } from "../../src/router/prompt-scale.ts";
import type { Choice } from "../../src/router/selection.ts";
import { limitsFor, type TimeoutOptions, totalFor } from "../../src/router/timeouts.ts";
import { collectingLog } from "../support/collecting-log.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

const GLOBAL: TimeoutOptions = { connectMs: 5_000, idleMs: 20_000, totalMs: 600_000 };
const BREAKER = { consecutiveFailures: 5, failurePercent: 20, windowMs: 30_000, openMs: 5_000, maxOpenMs: 300_000 };

interface Case {
  stream?: boolean;
  reasoning?: boolean;
  hasAlternative?: boolean;
  probe?: boolean;
  global?: Partial<TimeoutOptions>;
  provider?: object;
  route?: object;
  /** Earlier answers of the target, in milliseconds each. */
  known?: number;
}

function limits({ stream = true, reasoning = false, hasAlternative = true, probe = false, ...more }: Case) {
  const health = createHealth(BREAKER, { clock: simulatedClock(), random: Math.random, log: collectingLog().log });
  const channel = health.channel("a", "k", "m");
  if (more.known !== undefined)
    for (let i = 0; i < 40; i++) channel.target.latency.sample(more.known, bucketOf(10, stream ? undefined : 10), i);
  const choice = {
    candidate: { target: { model: "m" }, provider: { timeouts: more.provider }, route: { timeouts: more.route } },
    channel,
    hasAlternative,
    probe,
  } as unknown as Choice;
  return limitsFor(choice, stream, { timeouts: { ...GLOBAL, ...more.global }, isReasoningModel: () => reasoning });
}

describe("the limit on first content, or on the whole answer", () => {
  test.each<[string, Case, number]>([
    ["a stream with a fallback", {}, 10_000],
    ["a stream without one", { hasAlternative: false }, 120_000],
    ["a reasoning model's stream", { reasoning: true }, 120_000],
    ["a whole answer with a fallback", { stream: false }, 120_000],
    ["a whole answer without one", { stream: false, hasAlternative: false }, 600_000],
    ["a reasoning model's whole answer", { stream: false, reasoning: true }, 120_000],
    ["set globally", { global: { firstTokenMs: 7 } }, 7],
    ["set for the provider", { global: { firstTokenMs: 7 }, provider: { firstTokenMs: 8 } }, 8],
    ["set for the model", { provider: { firstTokenMs: 8 }, route: { firstTokenMs: 9 } }, 9],
    ["set for whole answers", { stream: false, route: { responseMs: 9 } }, 9],
  ])("%s", (_name, given, expected) => {
    expect(limits(given).firstMs).toBe(expected);
  });
});

describe("the one call through a half-open breaker", () => {
  test.each<[string, Case, number]>([
    ["a stream has two seconds", {}, 2_000],
    ["less where less is set", { global: { firstTokenMs: 500 } }, 500],
    ["of a target known to be slower, as long as its answers take", { known: 4_000 }, 4_000],
    ["of a target known to be quick, two seconds", { known: 300 }, 2_000],
    ["a whole answer of an unknown target", { stream: false }, 10_000],
    ["a whole answer of a known one", { stream: false, known: 25_000 }, 25_000],
    ["a whole answer of a quick one", { stream: false, known: 300 }, 2_000],
    ["a reasoning model that nothing is known of", { reasoning: true }, 30_000],
    ["never more than the ordinary limit", { known: 50_000 }, 10_000],
    ["the only target there is: as always", { hasAlternative: false }, 120_000],
  ])("%s", (_name, given, expected) => {
    expect(limits({ ...given, probe: true }).firstMs).toBe(expected);
  });
});

test("the other limits: the model's, else the provider's, else the global ones", () => {
  expect(limits({ provider: { idleMs: 3, connectMs: 4 }, route: { idleMs: 2 } })).toMatchObject({
    connectMs: 4,
    idleMs: 2,
    totalMs: 600_000,
  });
});

test("a client may shorten the call's time, never lengthen it", () => {
  expect(totalFor(undefined, undefined, 600)).toBe(600);
  expect(totalFor(50, undefined, 600)).toBe(50);
  expect(totalFor(900, undefined, 600)).toBe(600);
  expect(totalFor(undefined, 300, 600)).toBe(300);
});

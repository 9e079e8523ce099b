/** Three targets under one model; one of them turns ten times slower for a while. Who gets the calls, and how fast? */
import { createWorld, type UpstreamAnswer } from "../../test/simulation/world.ts";
import { draws } from "./draws.ts";

export interface LatencyScenario {
  strategy: "latency" | "round-robin";
  callsPerSecond: number;
  /** Each phase: before, during, after. */
  phaseMs: number;
  seed: number;
}

export interface PhaseFigures {
  /** Calls that the slow one got first, in percent. */
  slowSharePercent: number;
  p50FirstMs: number;
  p95FirstMs: number;
}

export interface LatencyFigures {
  before: PhaseFigures;
  during: PhaseFigures;
  after: PhaseFigures;
  /** From its turning slow until it got less than a tenth of the calls of a second. */
  leftAfterMs: number;
  /** From its recovery until it got a fifth of the calls of five seconds again. */
  backAfterMs: number;
}

const SLOW = "c";
const MEDIAN_MS = 400;
const SLOWER = 10;

export async function runLatency({
  strategy,
  callsPerSecond,
  phaseMs,
  seed,
}: LatencyScenario): Promise<LatencyFigures> {
  const random = draws(seed);
  const turnsSlowAt = phaseMs;
  const recoversAt = 2 * phaseMs;
  const answerOf = (name: string) => (): UpstreamAnswer => {
    const now = world.clock.monotonic();
    const factor = name === SLOW && now >= turnsSlowAt && now < recoversAt ? SLOWER : 1;
    return {
      headMs: random.lognormal(MEDIAN_MS, 0.35) * factor,
      tokens: Array.from({ length: 20 }, () => ({ text: "x", afterMs: 20 })),
    };
  };
  const names = ["a", "b", SLOW];
  const targets = names.map((provider) => ({ provider, model: "m", weight: 1 }));
  const world = createWorld({
    seed,
    upstreams: Object.fromEntries(names.map((name) => [name, { answer: answerOf(name) }])),
    routes: [{ name: "test", strategy, targets, fallbacks: [] }],
  });
  const running: ReturnType<typeof world.call>[] = [];
  while (world.clock.monotonic() < 3 * phaseMs) {
    running.push(world.call());
    await world.clock.advance(random.exponential(1_000 / callsPerSecond));
  }
  const done = Promise.all(running);
  await world.clock.advance(60_000);
  const calls = (await done).map((call) => ({
    atMs: call.startedMs,
    slow: call.record.attempts[0]?.provider === SLOW,
    firstMs: (call.firstMs ?? Number.POSITIVE_INFINITY) - call.startedMs,
  }));
  const phase = (fromMs: number) => figures(calls.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + phaseMs));
  const share = (fromMs: number, lengthMs: number) => {
    const within = calls.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + lengthMs);
    return within.filter(({ slow }) => slow).length / Math.max(1, within.length);
  };
  return {
    before: phase(0),
    during: phase(turnsSlowAt),
    after: phase(recoversAt),
    leftAfterMs: firstAt(phaseMs, 250, (offset) => share(turnsSlowAt + offset, 1_000) < 0.1),
    backAfterMs: firstAt(phaseMs, 250, (offset) => share(recoversAt + offset, 5_000) >= 0.2),
  };
}

function firstAt(limitMs: number, stepMs: number, holds: (offset: number) => boolean): number {
  for (let offset = 0; offset < limitMs; offset += stepMs) if (holds(offset)) return offset;
  return Number.POSITIVE_INFINITY;
}

function figures(calls: readonly { slow: boolean; firstMs: number }[]): PhaseFigures {
  const times = calls.map(({ firstMs }) => firstMs).sort((a, b) => a - b);
  const quantile = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return {
    slowSharePercent: (100 * calls.filter(({ slow }) => slow).length) / calls.length,
    p50FirstMs: quantile(0.5),
    p95FirstMs: quantile(0.95),
  };
}

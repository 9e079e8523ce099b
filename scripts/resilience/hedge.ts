/** An upstream whose first token comes in lognormal time, but two of a hundred stall for ten seconds. */
import { createWorld, type UpstreamAnswer } from "../../test/simulation/world.ts";
import { draws } from "./draws.ts";

export interface HedgeScenario {
  hedge: { afterMs: number | "p95"; budgetPercent: number } | null;
  calls: number;
  seed: number;
}

export interface HedgeFigures {
  p50FirstMs: number;
  p95FirstMs: number;
  p99FirstMs: number;
  /** Requests upstream beyond one a call, in percent of calls. */
  extraPercent: number;
}

const STALLED_SHARE = 0.02;
const STALL_MS = 10_000;
/** Learning what is usual is not part of the measurement. */
const WARM_UP_CALLS = 200;

export async function runHedge({ hedge, calls, seed }: HedgeScenario): Promise<HedgeFigures> {
  const random = draws(seed);
  const answer = (): UpstreamAnswer => {
    const stalls = random.uniform() < STALLED_SHARE;
    return { headMs: random.lognormal(400, 0.4) + (stalls ? STALL_MS : 0), tokens: [{ text: "x", afterMs: 0 }] };
  };
  const world = createWorld({
    seed,
    hedge,
    upstreams: { a: { keys: ["key-1", "key-2"], answer } },
    timeouts: { connectMs: 5_000, idleMs: 20_000, totalMs: 60_000, firstTokenMs: 30_000 },
  });
  const running: ReturnType<typeof world.call>[] = [];
  for (let i = 0; i < WARM_UP_CALLS + calls; i++) {
    running.push(world.call());
    await world.clock.advance(random.exponential(100));
  }
  const done = Promise.all(running);
  await world.clock.advance(60_000);
  const measured = (await done).slice(WARM_UP_CALLS);
  const times = measured
    .map(({ firstMs, startedMs }) => (firstMs ?? Number.POSITIVE_INFINITY) - startedMs)
    .sort((a, b) => a - b);
  const attempts = measured.reduce((sum, { record }) => sum + record.attempts.length, 0);
  const quantile = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return {
    p50FirstMs: quantile(0.5),
    p95FirstMs: quantile(0.95),
    p99FirstMs: quantile(0.99),
    extraPercent: (100 * (attempts - measured.length)) / measured.length,
  };
}

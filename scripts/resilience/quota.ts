/**
 * Three keys with enforced limits, driven near what they allow together: the router's key pool, which keeps to their
 * quota before it sends, beside a round-robin over the keys with retries, as client libraries do it.
 */
import { sleep } from "../../src/canonical/deps.ts";
import type { CallRecord } from "../../src/canonical/record.ts";
import { createWorld, type UpstreamAnswer } from "../../test/simulation/world.ts";
import { draws } from "./draws.ts";
import { type Enforced, enforce, type LimitForm } from "./enforced-limit.ts";

export interface QuotaScenario {
  form: LimitForm;
  /** Calls a minute each key allows. */
  perMinute: readonly number[];
  /** Share of their sum that is offered. */
  load: number;
  calls: number;
  seed: number;
}

export interface QuotaFigures {
  /** 429s from upstream in percent of calls. */
  percent429: number;
  /** Answered calls in percent of calls. */
  answeredPercent: number;
  /** Calls that got through while calls came, in percent of what the keys allowed until then (or of all, if fewer). */
  goodputPercent: number;
  /** Wait before sending. */
  p99WaitMs: number;
}

const OUTPUT = [{ text: "ok", afterMs: 0 }];

export async function runRouter(scenario: QuotaScenario): Promise<QuotaFigures> {
  const random = draws(scenario.seed);
  const limits = limitsOf(scenario);
  const answer = ({ key, now }: { key: string; now: number }): UpstreamAnswer => {
    const { allowed, headers } = limits.get(key)!.request(now);
    if (!allowed)
      return { headMs: 5, status: 429, headers, body: { error: { message: "slow down", type: "requests" } } };
    return { headMs: random.lognormal(400, 0.4), headers, tokens: OUTPUT };
  };
  const world = createWorld({
    seed: scenario.seed,
    upstreams: { a: { keys: [...limits.keys()], answer } },
    timeouts: { connectMs: 5_000, idleMs: 20_000, totalMs: 60_000 },
  });
  const running: ReturnType<typeof world.call>[] = [];
  for (let i = 0; i < scenario.calls; i++) {
    running.push(world.call({ stream: false }));
    await world.clock.advance(random.exponential(meanGapMs(scenario)));
  }
  const arrivedBy = world.clock.now();
  const done = Promise.all(running);
  await world.clock.advance(60_000);
  const outcomes = await done;
  const waits = outcomes.map(({ record }) => record.queuedMs);
  // What was sent after the last arrival came out of the queue, and out of later quota.
  const inTime = outcomes.filter(({ finished, record }) => finished && sentAtMs(record) <= arrivedBy);
  const answered = outcomes.filter(({ finished }) => finished).length;
  return figures(scenario, limits, { answered, inTime: inTime.length, arrivedBy }, waits);
}

/** Each call goes to the next key; a 429 is waited out as told, with jitter, and the key after it is tried. */
export async function runRoundRobin(scenario: QuotaScenario): Promise<QuotaFigures> {
  const random = draws(scenario.seed);
  const limits = limitsOf(scenario);
  const { clock } = createWorld({ upstreams: {} });
  const keys = [...limits.values()];
  let turn = 0;
  let answered = 0;
  let sent = 0;
  const waits: number[] = [];
  const call = async () => {
    let waitedMs = 0;
    for (let attempt = 0; attempt <= MAX_RETRIES; attempt++) {
      const { allowed, retryAfterMs } = keys[turn++ % keys.length]!.request(clock.now());
      if (allowed) {
        sent += 1;
        await sleep(clock, random.lognormal(400, 0.4));
        answered += 1;
        break;
      }
      const pauseMs = Math.max(retryAfterMs, 500 * 2 ** attempt * random.uniform());
      waitedMs += pauseMs;
      await sleep(clock, pauseMs);
    }
    waits.push(waitedMs);
  };
  const running: Promise<void>[] = [];
  for (let i = 0; i < scenario.calls; i++) {
    running.push(call());
    await clock.advance(random.exponential(meanGapMs(scenario)));
  }
  const arrivedBy = clock.now();
  const inTime = sent;
  const done = Promise.all(running);
  await clock.advance(60_000);
  await done;
  return figures(scenario, limits, { answered, inTime, arrivedBy }, waits);
}

const MAX_RETRIES = 5;

function limitsOf({ perMinute, form }: QuotaScenario): Map<string, Enforced> {
  return new Map(perMinute.map((limit, index) => [`key-${index + 1}`, enforce(limit, form)]));
}

function meanGapMs({ perMinute, load }: QuotaScenario): number {
  return 60_000 / (perMinute.reduce((a, b) => a + b, 0) * load);
}

function sentAtMs({ startedAtMs, attempts }: CallRecord): number {
  return startedAtMs + (attempts.findLast(({ outcome }) => outcome === "ok")?.startMs ?? Number.POSITIVE_INFINITY);
}

function figures(
  { calls }: QuotaScenario,
  limits: ReadonlyMap<string, Enforced>,
  { answered, inTime, arrivedBy }: { answered: number; inTime: number; arrivedBy: number },
  waits: number[],
): QuotaFigures {
  const all = [...limits.values()];
  const refused = all.reduce((sum, limit) => sum + limit.refused(), 0);
  const allowed = all.reduce((sum, limit) => sum + limit.allowance(arrivedBy), 0);
  waits.sort((a, b) => a - b);
  return {
    percent429: (100 * refused) / calls,
    answeredPercent: (100 * answered) / calls,
    goodputPercent: (100 * inTime) / Math.min(allowed, calls),
    p99WaitMs: waits[Math.floor(waits.length * 0.99)] ?? 0,
  };
}

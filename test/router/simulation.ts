/** One random schedule: upstreams that flap, limit, stall, cut and refuse, callers that come, repeat and leave. */
import { expect } from "bun:test";
import type { Gate } from "../../src/canonical/attempt.ts";
import type { JsonObject } from "../../src/canonical/chat.ts";
import type { StrategyName } from "../../src/router/strategies.ts";
import {
  createWorld,
  type Outcome,
  type Upstream,
  type UpstreamAnswer,
  type UpstreamRequest,
} from "../simulation/world.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { expectSameAgain } from "./decision-replay.ts";

const ANSWER =
  "One sentence that is long enough to be cut in its middle and to be joined again, word by word, to its end.";
const LONGEST_TOTAL_MS = 8_000;
const CALLS = 25;
const STRATEGIES: StrategyName[] = ["fallback", "weighted", "round-robin", "latency", "cost", "least-busy"];

export interface ScheduleReport {
  outcomes: Outcome[];
  /** How often each thing happened, so that a test can see that it was tested at all. */
  met: Record<"answered" | "failed" | "broken" | "left" | "hedged" | "continued" | "queued" | "openTried", number>;
}

export async function runSchedule(seed: number): Promise<ScheduleReport> {
  const random = seededRandom(seed);
  const chance = (share: number) => random() < share;
  const among = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const maxAttempts = 2 + Math.floor(random() * 8);
  const names = ["a", "b", "c", "d"].slice(0, 1 + Math.floor(random() * 4));
  const keysOf = Object.fromEntries(
    names.map((name) => [name, ["k1", "k2", "k3"].slice(0, 1 + Math.floor(random() * 3))]),
  );
  const totalMs = chance(0.5) ? LONGEST_TOTAL_MS : 300 + random() * 1_500;
  const strategy = among(STRATEGIES);
  const gates = countingGate(random);
  const abortedAt = new Map<string, number>();
  const met = { answered: 0, failed: 0, broken: 0, left: 0, hedged: 0, continued: 0, queued: 0, openTried: 0 };

  const world = createWorld({
    seed,
    upstreams: Object.fromEntries(
      names.map((name) => [
        name,
        { keys: keysOf[name]!, answer: moodyUpstream(seededRandom(seed * 31 + name.charCodeAt(0))) },
      ]),
    ),
    routes: [
      {
        name: "test",
        strategy,
        targets: names.map((provider) => ({ provider, model: "m", weight: 1 + Math.floor(random() * 3) })),
        fallbacks: [],
      },
    ],
    timeouts: { connectMs: 300, idleMs: 400, totalMs, firstTokenMs: 500, responseMs: 900 },
    retries: { perTarget: Math.floor(random() * 3), waitForRetryAfterMs: 600, maxAttempts },
    breaker: { consecutiveFailures: 2 + Math.floor(random() * 3), openMs: 700, maxOpenMs: 5_000 },
    hedge: chance(0.4) ? { afterMs: 80, budgetPercent: 20 } : null,
    continuation: chance(0.5) ? "resume" : "off",
    maxQueueMs: 800,
    gates: [gates.gate],
    onRequest(request) {
      const id = String(request.body["user"]);
      // Nobody starts anything for a caller who has left.
      expect(abortedAt.get(id) ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(request.now);
    },
  });

  const running: Promise<Outcome>[] = [];
  for (let i = 1; i <= CALLS; i++) {
    const leaves = chance(0.15) ? new AbortController() : undefined;
    const body: JsonObject = chance(0.1) ? { bad: true } : {};
    if (chance(0.3)) body["messages"] = CONVERSATION;
    running.push(
      world.call({
        body,
        stream: chance(0.6),
        options: { explain: true, ...(chance(0.2) && { session: among(["s1", "s2"]) }) },
        signal: leaves?.signal,
      }),
    );
    if (leaves) {
      world.clock.after(random() * 1_000, () => {
        abortedAt.set(`call-${i}`, world.clock.now());
        leaves.abort();
      });
    }
    await world.clock.advance(random() < 0.5 ? 0 : random() * 400);
    for (const { inFlight, target } of world.health.channels()) {
      expect(inFlight).toBeGreaterThanOrEqual(0);
      expect(target.inFlight).toBeGreaterThanOrEqual(inFlight);
    }
  }
  const done = Promise.all(running);
  await world.clock.advance(LONGEST_TOTAL_MS + 1_000);
  const outcomes = await done;

  for (const outcome of outcomes) {
    const requests = world.requests.get(outcome.id) ?? [];
    checkCall(outcome, requests, { maxAttempts, totalMs, aborted: abortedAt.has(outcome.id) }, met);
  }
  for (const { inFlight, target } of world.health.channels()) expect([inFlight, target.inFlight]).toEqual([0, 0]);
  expect(gates.open()).toBe(0);
  expect(world.clock.pending()).toBe(0);
  return { outcomes, met };
}

/** The router's laws (DESIGN §3), for one call that has ended. */
function checkCall(
  outcome: Outcome,
  requests: readonly UpstreamRequest[],
  { maxAttempts, totalMs, aborted }: { maxAttempts: number; totalMs: number; aborted: boolean },
  met: ScheduleReport["met"],
): void {
  const { record, text, finished, failure, error } = outcome;
  const { attempts } = record;
  expect(error ?? "").not.toStartWith("internal");
  expect(attempts.length).toBeLessThanOrEqual(maxAttempts);
  expect(requests).toHaveLength(attempts.length);
  expect(outcome.endedMs - outcome.startedMs).toBeLessThanOrEqual(totalMs + 1);
  expect(outcome.stillRunning).toBe(0);
  for (const attempt of attempts) {
    expect(attempt.outcome).not.toBe("pending");
    expect(attempt.totalMs).toBeNumber();
  }
  const refusals = attempts.filter((attempt) => attempt.class === "invalid" && attempt.kind !== "continuation");
  expect(refusals.length).toBeLessThanOrEqual(1);
  expect(record.costNanoUsd).toBe(attempts.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0));
  if (aborted && !finished) met.left += 1;
  else if (error !== undefined) {
    met.failed += 1;
    expect(text).toBe("");
  } else if (failure) {
    met.broken += 1;
    expect(finished).toBe(false);
    expect(ANSWER).toStartWith(text);
  } else {
    met.answered += 1;
    expect({ text, finished }).toEqual({ text: ANSWER, finished: true });
  }
  met.hedged += attempts.filter(({ kind }) => kind === "hedge").length;
  met.continued += attempts.filter(({ kind, outcome: end }) => kind === "continuation" && end === "ok").length;
  if (record.queuedMs > 0) met.queued += 1;
  for (const decision of record.decisions ?? []) met.openTried += expectSameAgain(decision) ? 1 : 0;
}

const CONVERSATION = [
  { role: "user", content: "Which one?" },
  { role: "assistant", content: "That one." },
  { role: "user", content: "Why?" },
];

type Mood = "well" | "slow" | "down" | "limited" | "silent" | "refused" | "cutting" | "unauthorised" | "gone";
const MOODS: Mood[] = [
  "well",
  "well",
  "well",
  "slow",
  "down",
  "limited",
  "silent",
  "refused",
  "cutting",
  "unauthorised",
  "gone",
];

/** Changes its mood every now and then. Limits are told in headers by some, by nothing but 429 by others. */
function moodyUpstream(random: () => number): Upstream {
  const tells = random() < 0.5;
  let mood: Mood = "well";
  let until = 0;
  let level = 5;
  let at = 0;
  return ({ body, now }) => {
    if (now >= until) {
      mood = MOODS[Math.floor(random() * MOODS.length)]!;
      until = now + random() * 3_000;
    }
    if (body["bad"] === true)
      return { headMs: random() * 20, status: 400, body: problem("invalid_request_error", "no") };
    level = Math.min(5, level + (now - at) / 200);
    at = now;
    const headers = tells ? limitHeaders(level) : {};
    const ok = (extra: Partial<UpstreamAnswer> = {}): UpstreamAnswer => ({
      headMs: random() * 60,
      headers,
      tokens: wordsFor(body).map((text) => ({ text, afterMs: random() * 20 })),
      ...extra,
    });
    switch (mood) {
      case "well":
        return ok();
      case "slow":
        return ok({ headMs: 100 + random() * 600 });
      case "down":
        return { headMs: random() * 10, status: random() < 0.5 ? 503 : 500, body: problem("server_error", "down") };
      case "limited":
        if (level < 1) return limited(random, headers);
        level -= 1;
        return ok();
      case "silent":
        return { headMs: Number.POSITIVE_INFINITY };
      case "refused":
        return { headMs: 1, refused: true };
      case "cutting": {
        const { tokens = [], ...rest } = ok();
        const end = (["reset", "silence", "truncated"] as const)[Math.floor(random() * 3)]!;
        return { ...rest, tokens: tokens.slice(0, Math.floor(random() * tokens.length)), end };
      }
      case "unauthorised":
        return { headMs: 5, status: 401, body: problem("invalid_request_error", "Incorrect API key provided") };
      case "gone":
        return {
          headMs: 5,
          status: 404,
          body: { error: { message: "The model `m` does not exist", code: "model_not_found" } },
        };
      default:
        return mood satisfies never;
    }
  };
}

function limited(random: () => number, headers: Record<string, string>): UpstreamAnswer {
  const hint: Record<string, string> = random() < 0.5 ? { "retry-after-ms": String(Math.ceil(random() * 1_500)) } : {};
  return { headMs: 2, status: 429, headers: { ...headers, ...hint }, body: problem("requests", "Rate limit reached") };
}

function limitHeaders(level: number): Record<string, string> {
  return {
    "x-ratelimit-limit-requests": "5",
    "x-ratelimit-remaining-requests": String(Math.floor(level)),
    "x-ratelimit-reset-requests": `${Math.ceil((5 - level) * 200)}ms`,
  };
}

function problem(type: string, message: string): JsonObject {
  return { error: { type, message } };
}

/** A model that is asked to go on repeats the last words and does so. */
function wordsFor(body: JsonObject): string[] {
  const messages = body["messages"] as { role: string; content: string }[];
  const asked = messages.at(-1)!.content.includes("interrupted");
  const partial = asked ? messages.at(-2)!.content : "";
  const text = partial.slice(-20) + ANSWER.slice(partial.length);
  return text.match(/\s*\S+/g) ?? [];
}

/** Admits most attempts, some only later, and counts what is not settled. */
function countingGate(random: () => number): { gate: Gate; open(): number } {
  let open = 0;
  const admit = () => {
    open += 1;
    let settled = false;
    return {
      settle() {
        expect(settled).toBe(false);
        settled = true;
        open -= 1;
      },
    };
  };
  return { gate: () => (random() < 0.2 ? Promise.resolve().then(admit) : admit()), open: () => open };
}

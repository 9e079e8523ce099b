/** What else goes wrong over several calls: limits and bad keys, dead providers, clients who leave, callers' mistakes. */

import type { Bench } from "./bench.ts";
import {
  attemptsAtPrimary,
  byFallback,
  byPrimary,
  check,
  complete,
  completeOrError,
  explicitError,
  figure,
  isWhole,
  noFallbackTried,
  status,
  within,
} from "./checks.ts";
import { SYSTEM_PROMPT } from "./client-way.ts";
import type { Lane } from "./lanes.ts";
import type { Check, Mode, Moment, Scenario } from "./scenario.ts";
import { withFallback } from "./sixteen.ts";

const DEAD_CALLS = 200;
const STORM_CALLS = 200;
const STORM_EVERY_MS = 50;
const STORM_LIMIT_PER_SECOND = 10;
/** The provider says nothing of its limit before it is met. Gateways that don't pace at all meet it 114 to 432 times. */
const STORM_REFUSED_SHARE = 0.25;
const POOL_CALLS = 12;
const HANG_UPS = 8;
/** By the wall clock: how soon an upstream is cancelled, and how long one looks whether something else is started. */
const CANCEL_WITHIN_MS = 1_000;
const LOOK_FOR_MS = 300;
const HEALTH_WITHIN_MS = 50;
/** Of so many answers the middle one counts: the calls themselves begin at the same moment. */
const HEALTH_QUESTIONS = 9;

async function inTurn(bench: Bench, mode: Mode, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await bench.ask({ stream: mode === "stream" });
}

const LIMITS: readonly Scenario[] = [
  {
    id: "retry-after-across-calls",
    kind: "further",
    title: "Retry-After 3, heard by one call, kept by all",
    faults: () => ({
      primary: ({ sinceMs }) =>
        sinceMs < 3_000
          ? { error: "rate_limited", retryAfter: { form: "retry-after-ms", ms: 3_000 - sinceMs } }
          : undefined,
    }),
    async calls(bench, mode) {
      const asked = [bench.ask({ stream: mode === "stream" })];
      await bench.untilReceived(1);
      for (let i = 0; i < 6; i++) {
        await bench.wait(500);
        asked.push(bench.ask({ stream: mode === "stream" }));
      }
      await Promise.all(asked);
    },
    expect: (lane) => [
      lane.hasFallback ? complete : completeOrError,
      check("nothing is sent to a resting key", ({ primary }) => {
        const used = new Map<number, number>();
        for (const { key, atMs } of primary)
          if (atMs - primary[0]!.atMs < 2_900) used.set(key, (used.get(key) ?? 0) + 1);
        return [...used.values()].every((count) => count === 1);
      }),
    ],
  },
  {
    id: "rate-limit-storm",
    kind: "further",
    title: `${STORM_CALLS} calls against 10/s, twice as fast`,
    faults: () => ({ primary: rateLimited(STORM_LIMIT_PER_SECOND) }),
    async calls(bench, mode) {
      const asked = [];
      for (let i = 0; i < STORM_CALLS; i++) {
        await bench.until(i * STORM_EVERY_MS);
        asked.push(bench.ask({ stream: mode === "stream" }));
      }
      await Promise.all(asked);
    },
    expect: (lane) => [
      lane.hasFallback ? complete : completeOrError,
      check(
        "at most a quarter of the calls meets a 429",
        ({ primary }) =>
          primary.filter(({ fault }) => fault?.error !== undefined).length <= STORM_REFUSED_SHARE * STORM_CALLS,
      ),
    ],
  },
  {
    id: "dead-upstream",
    kind: "further",
    title: `dead provider, ${DEAD_CALLS} calls`,
    alone: true,
    faults: () => ({ primary: { error: "unavailable" } }),
    async calls(bench, mode) {
      const wallMs: number[] = [];
      for (let i = 0; i < DEAD_CALLS; i++) wallMs.push((await bench.ask({ stream: mode === "stream" })).tookWallMs);
      bench.note("p50WallMs", wallMs.sort((a, b) => a - b)[DEAD_CALLS / 2]!);
    },
    expect: (lane) =>
      withFallback(
        lane,
        [complete, byFallback, attemptsAtPrimary(20), figure("p50WallMs", "half of the calls take under 20 ms", 20)],
        [explicitError],
      ),
  },
  {
    id: "key-401",
    kind: "further",
    title: "one key of several is refused",
    pool: true,
    inapplicable: severalKeys,
    faults: () => ({ primary: ({ key }) => (key === 0 ? { error: "invalid_key" } : undefined) }),
    calls: (bench, mode) => inTurn(bench, mode, POOL_CALLS),
    expect: () => [complete, byPrimary, badKeyUsedOnce, noFallbackTried],
  },
  {
    id: "key-429",
    kind: "further",
    title: "one key of several is at its limit",
    pool: true,
    inapplicable: severalKeys,
    faults: () => ({
      primary: ({ key }) =>
        key === 0 ? { error: "rate_limited", retryAfter: { form: "seconds", ms: 60_000 } } : undefined,
    }),
    calls: (bench, mode) => inTurn(bench, mode, POOL_CALLS),
    expect: () => [complete, byPrimary, badKeyUsedOnce, noFallbackTried],
  },
  {
    id: "quota-used-up",
    kind: "further",
    title: "the account's quota is used up",
    faults: () => ({ primary: { error: "insufficient_quota" } }),
    calls: (bench, mode) => inTurn(bench, mode, 3),
    expect: (lane) => [
      ...withFallback(lane, [complete, byFallback]),
      check("each key is asked once", ({ primary }) => new Set(primary.map(({ key }) => key)).size === primary.length),
    ],
  },
  {
    id: "waiting-holds-nobody-up",
    kind: "further",
    title: "50 calls wait for a Retry-After; is health told?",
    alone: true,
    faults: () => ({
      primary: ({ sinceMs }) =>
        sinceMs < 2_000 ? { error: "rate_limited", retryAfter: { form: "seconds", ms: 2_000 } } : undefined,
      others: ({ sinceMs }) =>
        sinceMs < 2_000 ? { error: "rate_limited", retryAfter: { form: "seconds", ms: 2_000 } } : undefined,
    }),
    async calls(bench, mode) {
      const asked = Array.from({ length: 50 }, () => bench.ask({ stream: mode === "stream" }));
      const all = Promise.all(asked);
      const wallMs: number[] = [];
      for (let i = 0; i < HEALTH_QUESTIONS; i++) wallMs.push(await bench.healthWallMs());
      await all;
      bench.note("healthWallMs", wallMs.sort((a, b) => a - b)[HEALTH_QUESTIONS >> 1]!);
    },
    expect: () => [completeOrError, figure("healthWallMs", "health is told within 50 ms", HEALTH_WITHIN_MS)],
  },
];

function severalKeys(lane: Lane): string | undefined {
  return lane.keys > 1 ? oneProviderFirst(lane) : "its provider has one key";
}

/** Where every call may begin elsewhere, nothing follows from who gets the next one. */
function oneProviderFirst({ ordered }: Lane): string | undefined {
  return ordered ? undefined : "its strategy spreads calls over several providers";
}

const badKeyUsedOnce = check("the bad key is tried once", ({ primary }) => {
  return primary.filter(({ key }) => key === 0).length <= 1;
});

/** A provider that lets so many requests a second and key pass and tells the others when to come again. */
function rateLimited(perSecond: number): (moment: Moment) => ReturnType<typeof limitedFault> | undefined {
  const passedByKey = new Map<number, number[]>();
  return ({ sinceMs, key }) => {
    const passed = passedByKey.get(key) ?? [];
    passedByKey.set(key, passed);
    while (passed.length > 0 && sinceMs - passed[0]! >= 1_000) passed.shift();
    if (passed.length >= perSecond) return limitedFault(1_000 - (sinceMs - passed[0]!));
    passed.push(sinceMs);
    return undefined;
  };
}

function limitedFault(ms: number) {
  return { error: "rate_limited", retryAfter: { form: "retry-after-ms", ms: Math.ceil(ms) } } as const;
}

const CLIENTS: readonly Scenario[] = [
  {
    id: "client-hangs-up",
    kind: "further",
    title: "client leaves before the first token",
    faults: () => ({ primary: { connection: "silence" } }),
    calls: (bench, mode) => hangUp(bench, mode),
    expect: () => [cancelledInTime, noFallbackTried, attemptsAtPrimary(1), nothingInFlight],
  },
  {
    id: "client-leaves-midway",
    kind: "further",
    title: "client leaves in the middle of the answer",
    modes: ["stream"],
    faults: () => ({ primary: { stall: { afterTokens: 5 } } }),
    calls: (bench, mode) => hangUp(bench, mode, "answering"),
    expect: () => [cancelledInTime, noFallbackTried, attemptsAtPrimary(1), nothingInFlight],
  },
  {
    id: "hang-ups-blame-nobody",
    kind: "further",
    title: `${HANG_UPS} clients leave, the next one stays`,
    inapplicable: oneProviderFirst,
    faults: () => ({ primary: ({ number }) => (number < HANG_UPS ? { connection: "silence" } : undefined) }),
    async calls(bench, mode) {
      for (let i = 0; i < HANG_UPS; i++) await hangUp(bench, mode);
      await bench.ask({ stream: mode === "stream" });
    },
    expect: () => [
      noFallbackTried,
      check("the next call is answered by the primary", (seen) => {
        const last = seen.calls.at(-1)!;
        return isWhole(last, seen) && last.header("provider") === seen.primaryName;
      }),
    ],
  },
  {
    id: "callers-mistake",
    kind: "further",
    title: "400 that is the caller's own",
    faults: () => ({ primary: { error: "invalid_request" } }),
    expect: () => [explicitError, status(400), attemptsAtPrimary(1), noFallbackTried],
  },
  {
    id: "all-down",
    kind: "further",
    title: "every provider is down",
    faults: () => ({ primary: { error: "unavailable" }, others: { connection: "reset" } }),
    expect: () => [
      explicitError,
      status(502, 503),
      within(10_000),
      check("at most 12 attempts in all", ({ primary, others }) => primary.length + others.length <= 12),
      check("SDKs are told not to repeat it", ({ calls }) =>
        calls.every((call) => call.header("x-should-retry") === "false"),
      ),
    ],
  },
  {
    id: "filtered-answer",
    kind: "further",
    title: "an answer that ends as filtered",
    inapplicable: ({ filterWord }) => (filterWord ? undefined : "its dialect has no such finish"),
    faults: (_limits, { filterWord }) => ({ primary: { finish: filterWord } }),
    expect: () => [
      attemptsAtPrimary(1),
      noFallbackTried,
      check("the finish tells it", ({ calls }) =>
        calls.every(({ finish }) => finish === "content_filter" || finish === "refusal"),
      ),
    ],
  },
  {
    id: "tools-both-ways",
    kind: "further",
    title: "tool call by the fallback, its result to the primary",
    inapplicable: oneProviderFirst,
    faults: () => ({ primary: ({ phase }) => (phase === 0 ? { error: "unavailable" } : undefined) }),
    async calls(bench, mode) {
      const stream = mode === "stream";
      const first = await bench.ask({ stream, tools: true });
      bench.nextPhase();
      if (first.tools.length > 0) await bench.ask({ stream, tools: true, after: first });
    },
    expect: (lane) => {
      if (!lane.hasFallback) return [explicitError];
      return WITHOUT_CALL_IDS.has(lane.upstream) ? TOOLS : [...TOOLS, sameCallId];
    },
  },
];

const TOOLS: readonly Check[] = [
  check("the first turn ends with a whole tool call", ({ calls: [first] }) => {
    return first?.end === "complete" && /^tool_(calls|use)$/.test(first.finish ?? "") && first.tools.length === 1;
  }),
  check("the second turn is answered by the primary", ({ calls: [, second], primaryName }) => {
    return second?.end === "complete" && second.header("provider") === primaryName && second.text !== "";
  }),
  check("the system prompt reaches both", ({ primary, others }) =>
    [...primary, ...others].every(({ body }) => body.includes(SYSTEM_PROMPT.slice(-12))),
  ),
];

/** Their calls and results go by name and order. */
const WITHOUT_CALL_IDS: ReadonlySet<string> = new Set(["gemini", "ollama"]);

const sameCallId = check("the tool's result comes back under the call's id", ({ calls: [first], primary }) => {
  const id = first?.tools[0]?.id ?? "";
  return id !== "" && (primary.at(-1)?.body.includes(id.replace(/^(call|toolu|tooluse)_/, "")) ?? false);
});

/** Leaves once the upstream is at work, and notes how long that goes on. */
async function hangUp(bench: Bench, mode: Mode, when: "waiting" | "answering" = "waiting"): Promise<void> {
  const client = new AbortController();
  const before = bench.received();
  const leave = () => client.abort();
  const asked = bench.ask({
    stream: mode === "stream",
    signal: client.signal,
    ...(when === "answering" && { onText: leave }),
  });
  await bench.untilReceived(before + 1);
  if (when === "waiting") leave();
  await asked;
  bench.note("cancelledWallMs", await bench.closedWithinWallMs(CANCEL_WITHIN_MS));
  await bench.waitWall(LOOK_FOR_MS);
  bench.note("inFlight", await bench.inFlight());
}

const cancelledInTime = figure("cancelledWallMs", "the upstream is cancelled within 1 s", CANCEL_WITHIN_MS);
const nothingInFlight = figure("inFlight", "no call is left in flight", 0);

export const FURTHER_CALLS: readonly Scenario[] = [...LIMITS, ...CLIENTS];

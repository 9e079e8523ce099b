/** The sixteen faults of the published bench for gateways, with its numbers. */
import {
  attemptsAtPrimary,
  byFallback,
  byPrimary,
  check,
  complete,
  completeOrError,
  explicitError,
  isWhole,
  noFallbackTried,
  status,
  within,
} from "./checks.ts";
import type { Lane } from "./lanes.ts";
import type { Check, Scenario } from "./scenario.ts";

/** What must be seen where a fallback is configured, and where none is. */
export function withFallback(lane: Lane, checks: readonly Check[], without: readonly Check[] = [explicitError]) {
  return lane.hasFallback ? checks : without;
}

/** A cut stream is continued where that is allowed and somebody can; else its end is an explicit error. */
export function continued(lane: Lane, mode: "stream" | "whole"): readonly Check[] {
  if (!lane.hasFallback) return [completeOrError];
  return mode === "whole" || lane.continues ? [complete] : [explicitError];
}

/** What is cut had been arriving for a while: a kernel may drop what comes together with a reset. */
export const TOKEN_DELAY_MS = 40;
const OUTAGE_MS = 60_000;
const BACK_WITHIN_MS = 30_000;
const CALL_EVERY_MS = 4_000;
const FIRST_TOKEN_SHARE = 1.5;
const STALL_SHARE = 1.5;
const STALL_OVER_SHARE = 2.25;

export const SIXTEEN: readonly Scenario[] = [
  {
    id: "01",
    kind: "fault",
    title: "429 with Retry-After 2, once",
    faults: () => ({
      primary: [{ error: "rate_limited", retryAfter: { form: "seconds", ms: 2_000 } }, null],
    }),
    expect: (lane) => [
      lane.hasFallback || (lane.perTarget > 0 && lane.waitForRetryAfterMs >= 2_000) ? complete : completeOrError,
      attemptsAtPrimary(2, 1_500),
      check("the refused key is left alone for 1.8 s", ({ primary }) => {
        const [first, ...more] = primary;
        return !more.some(({ key, atMs }) => key === first!.key && atMs - first!.atMs < 1_800);
      }),
    ],
  },
  {
    id: "02",
    kind: "fault",
    title: "429 for ever, no Retry-After",
    faults: () => ({ primary: { error: "rate_limited" } }),
    expect: (lane) => [
      ...withFallback(lane, [complete, byFallback], [explicitError, status(429)]),
      attemptsAtPrimary(4, 3_000),
      attemptsAtPrimary(6),
    ],
  },
  {
    id: "03",
    kind: "fault",
    title: "500 once",
    faults: () => ({ primary: [{ error: "server" }, null] }),
    expect: (lane) => [
      ...(lane.perTarget > 0 ? [complete, byPrimary] : withFallback(lane, [complete, byFallback])),
      attemptsAtPrimary(2),
    ],
  },
  {
    id: "04",
    kind: "fault",
    title: "503 for ever",
    faults: () => ({ primary: { error: "unavailable" } }),
    expect: (lane) => [
      ...withFallback(lane, [complete, byFallback], [explicitError, status(503)]),
      attemptsAtPrimary(6),
    ],
  },
  {
    id: "05",
    kind: "fault",
    title: "TCP reset before the headers",
    faults: () => ({ primary: { connection: "reset" } }),
    expect: (lane) => [...withFallback(lane, [complete, byFallback]), attemptsAtPrimary(6)],
  },
  {
    id: "06",
    kind: "fault",
    title: "connection accepted, then silence",
    faults: () => ({ primary: { connection: "silence" } }),
    expect: (lane, { firstMs }) => [
      ...withFallback(lane, [complete, byFallback], [explicitError, status(504)]),
      attemptsAtPrimary(1),
      within(FIRST_TOKEN_SHARE * firstMs),
    ],
  },
  {
    id: "07",
    kind: "fault",
    title: "first token after twice the limit",
    faults: ({ firstMs }) => ({ primary: { firstTokenDelayMs: 2 * firstMs } }),
    expect: (lane, { firstMs }) => [...withFallback(lane, [complete, byFallback]), within(FIRST_TOKEN_SHARE * firstMs)],
  },
  {
    id: "08",
    kind: "fault",
    title: "cut after 40 of 60 tokens",
    faults: () => ({ primary: { cut: { afterTokens: 40, how: "rst" }, tokenDelayMs: TOKEN_DELAY_MS } }),
    expect: (lane, _limits, mode) => continued(lane, mode),
  },
  {
    id: "09",
    kind: "fault",
    title: "20 tokens, long silence, close",
    faults: ({ idleMs }) => ({
      primary: { stall: { afterTokens: 20, ms: STALL_SHARE * idleMs, end: "fin" }, tokenDelayMs: TOKEN_DELAY_MS },
    }),
    expect: (lane, { firstMs, idleMs }, mode) => [
      ...continued(lane, mode),
      within(Math.max(STALL_OVER_SHARE * idleMs, mode === "whole" ? Math.min(firstMs, 2 * idleMs) : 0)),
    ],
  },
  {
    id: "10",
    kind: "fault",
    title: "one event of broken JSON",
    faults: () => ({ primary: { malformedEvent: { afterTokens: 20 } } }),
    expect: (lane, _limits, mode) =>
      mode === "stream" ? [complete, byPrimary] : withFallback(lane, [complete, byFallback]),
  },
  {
    id: "11",
    kind: "fault",
    title: "no end mark after the finish",
    faults: () => ({ primary: { omit: ["done"], framing: "close" } }),
    expect: () => [
      complete,
      byPrimary,
      check("usage is told", ({ calls }) => calls.every(({ usage }) => usage !== undefined && usage.output > 0)),
    ],
  },
  {
    id: "12",
    kind: "fault",
    title: "400 context_length_exceeded",
    faults: () => ({ primary: { error: "context_length" } }),
    expect: (lane) => [
      attemptsAtPrimary(1),
      lane.largerContext
        ? complete
        : check("a larger target answers, or the 400 is passed on", (seen) =>
            seen.calls.every((call) => isWhole(call, seen) || (call.end === "error" && call.status === 400)),
          ),
    ],
  },
  {
    id: "13",
    kind: "fault",
    title: "400 content policy",
    faults: () => ({ primary: { error: "content_policy" } }),
    expect: (lane) =>
      lane.filtersMoveOn
        ? [attemptsAtPrimary(1), ...withFallback(lane, [complete, byFallback])]
        : [
            explicitError,
            status(400),
            attemptsAtPrimary(1),
            noFallbackTried,
            check("the provider's reason reaches the client", ({ calls }) =>
              calls.every(({ error }) => /safety|content|policy|filter|block/i.test(error?.message ?? "")),
            ),
          ],
  },
  {
    id: "14",
    kind: "fault",
    title: "cut, and the fallback refuses a prefill",
    continues: "repeats-tail",
    faults: () => ({
      primary: { cut: { afterTokens: 40, how: "fin" }, tokenDelayMs: TOKEN_DELAY_MS },
      others: { refusesPrefill: true },
    }),
    expect: (lane, _limits, mode) => continued(lane, mode),
  },
  {
    id: "15",
    kind: "fault",
    title: "503 for 60 s, a call every 4 s",
    faults: () => ({
      primary: ({ sinceMs }) => (sinceMs < OUTAGE_MS ? { error: "unavailable" } : undefined),
    }),
    async calls(bench, mode) {
      for (let atMs = 0; atMs <= OUTAGE_MS + BACK_WITHIN_MS + CALL_EVERY_MS; atMs += CALL_EVERY_MS) {
        await bench.until(atMs);
        await bench.ask({ stream: mode === "stream" });
      }
    },
    expect: (lane) => [lane.hasFallback ? complete : completeOrError, ...(lane.ordered ? [backAtPrimary] : [])],
  },
  {
    id: "16",
    kind: "fault",
    title: "503, and whose usage and cost it is",
    faults: () => ({ primary: { error: "unavailable" } }),
    expect: (lane) => withFallback(lane, [complete, byFallback, ownModel(lane), ownUsage, ownCost(lane)]),
  },
];

const backAtPrimary = check("the primary answers again 30 s after its recovery", (seen) => {
  const last = seen.calls.at(-1)!;
  return isWhole(last, seen) && last.header("provider") === seen.primaryName;
});

function ownModel({ renames }: Lane): Check {
  return check("the model named in the body is the fallback's", ({ calls }) =>
    calls.every((call) => renames(call.header("provider") ?? "") || call.header("model")?.endsWith(`/${call.model}`)),
  );
}

/** What the fallback counted is all: the failed attempts add nothing. */
const ownUsage = check("the usage is the fallback's", ({ calls }) =>
  calls.every(({ usage }) => usage !== undefined && usage.output === 60 && usage.input > 0 && usage.input < 60),
);

/** A stream's cost is in no header; the record's is what is billed, and both come from one sum. */
function ownCost({ priceOf }: Lane): Check {
  return check("the cost is the fallback's", ({ calls }) =>
    calls.every((call) => {
      const told = call.header("cost-usd");
      const price = priceOf(call.header("model") ?? "");
      if (told === null || !price || !call.usage) return true;
      const { inputPerMillionNanoUsd: input, outputPerMillionNanoUsd: output } = price;
      const nanoUsd = (call.usage.input * input + call.usage.output * output) / 1e6;
      return Math.abs(Number(told) * 1e9 - nanoUsd) < 1;
    }),
  );
}

/** The expectations of which scenarios are made. */
import type { Heard } from "./client.ts";
import type { Check, Seen } from "./scenario.ts";

export function check(says: string, holds: (seen: Seen) => boolean): Check {
  return { says, holds };
}

export function isWhole(call: Heard, { expected }: Pick<Seen, "expected">): boolean {
  return call.end === "complete" && call.text === expected;
}

/** Hold for every scenario. */
export const ALWAYS: readonly Check[] = [
  check("what looks complete is complete", ({ calls, expected }) =>
    calls.every((call) => call.end !== "complete" || call.text === expected || call.tools.length > 0),
  ),
  check("no connection just ends", ({ calls }) => calls.every(({ end }) => end !== "broken")),
  check("an answer keeps one id", ({ calls }) => calls.every(({ ids }) => ids.length <= 1)),
];

export const complete = check("every call gets the whole answer", (seen) =>
  seen.calls.every((call) => isWhole(call, seen)),
);

export const explicitError = check("every call ends with an explicit error", ({ calls }) =>
  calls.every(({ end }) => end === "error"),
);

export const completeOrError = check("every call gets the whole answer or an explicit error", (seen) =>
  seen.calls.every((call) => call.end === "error" || isWhole(call, seen)),
);

export const byPrimary = check("the primary answers", ({ calls, primaryName }) =>
  calls.every((call) => call.header("provider") === primaryName),
);

export const byFallback = check("a fallback answers", ({ calls, primaryName }) =>
  calls.every((call) => call.header("provider") !== primaryName),
);

export const noFallbackTried = check("no fallback is tried", ({ others }) => others.length === 0);

export function status(...codes: readonly number[]): Check {
  return check(`the status is ${codes.join(" or ")}`, ({ calls }) =>
    calls.every((call) => codes.includes(call.status)),
  );
}

export function attemptsAtPrimary(most: number, withinMs = Number.POSITIVE_INFINITY): Check {
  const when = withinMs === Number.POSITIVE_INFINITY ? "" : ` within ${withinMs} ms`;
  return check(`at most ${most} ${most === 1 ? "attempt" : "attempts"} at the primary${when}`, ({ primary }) => {
    const firstMs = primary[0]?.atMs ?? 0;
    return primary.filter(({ atMs }) => atMs - firstMs < withinMs).length <= most;
  });
}

/** In the drill's milliseconds. */
export function within(ms: number): Check {
  return check(`every call is over within ${Math.round(ms)} ms`, ({ calls }) =>
    calls.every(({ tookMs }) => tookMs <= ms),
  );
}

export function figure(name: string, says: string, most: number): Check {
  return check(says, ({ figures }) => (figures[name] ?? Number.POSITIVE_INFINITY) <= most);
}

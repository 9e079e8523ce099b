/**
 * Hedging: when the first attempt is slower than its target usually is, a second one is made beside it with another key
 * or target, and whichever shows content first answers. Off unless configured. Here is when it is worth it and whether
 * there is budget for it; the race itself is `race`.
 */
import type { Clock } from "../canonical/deps.ts";
import type { AttemptResult } from "./attempt.ts";
import type { Latency } from "./latency.ts";
import type { Choice } from "./selection.ts";

export interface HedgeOptions {
  /** Milliseconds, or the 95th percentile of the target's own time to first content. */
  afterMs: number | "p95";
  /** Second attempts, in percent of calls. */
  budgetPercent: number;
}

export interface Hedges {
  callStarted(): void;
  /** How long to wait for the first attempt alone; undefined: as long as it takes. */
  delayMs(latency: Latency, stream: boolean): number | undefined;
  /** Takes one of the second attempts the calls so far allow; false when none is left. */
  take(): boolean;
  /** It was not sent after all. */
  giveBack(): void;
}

const P95 = 0.95;
/** A second attempt sooner than this costs more than it saves (FIELD-NOTES §2). */
const MIN_DELAY_MS = 500;
/** Second attempts that may be saved up for a bad moment. */
const MAX_SAVED = 10;

export function createHedges({ afterMs, budgetPercent }: HedgeOptions): Hedges {
  const perCall = budgetPercent / 100;
  // Five calls of a hundred are beyond the 95th percentile. With a budget of three it would be gone before the slowest
  // came; so those are waited for that the budget reaches.
  const share = Math.max(P95, 1 - perCall);
  let saved = 0;
  return {
    callStarted() {
      saved = Math.min(MAX_SAVED, saved + perCall);
    },
    delayMs(latency, stream) {
      if (afterMs !== "p95") return afterMs;
      const usual = latency.quantileMs(share, stream);
      return usual === undefined ? undefined : Math.max(MIN_DELAY_MS, usual);
    },
    take() {
      if (saved < 1) return false;
      saved -= 1;
      return true;
    },
    giveBack() {
      saved += 1;
    },
  };
}

/** An attempt that can be beaten by another one of the same call. */
export interface Lane {
  choice: Choice;
  result: Promise<AttemptResult>;
  /** Another one has won: cancels this one, and books what it cost. */
  beaten(): void;
}

/** Budget that wasn't there when it was needed may be there a moment later: stalls last long. */
const LOOK_AGAIN_MS = 250;

/**
 * Waits for `first` alone for `delayMs`, then starts a second one, if `second` gives any. Resolves to the lane that
 * answers; a lane that fails before the other one has spoken is told to `failed`. When both fail, to the last one.
 */
export async function race(
  first: Lane,
  delayMs: number,
  second: () => Lane | "later" | undefined,
  failed: (lane: Lane, result: AttemptResult) => void,
  clock: Clock,
): Promise<{ choice: Choice; result: AttemptResult }> {
  let other: Lane | "later" | undefined = "later";
  for (let waitMs = delayMs; other === "later"; waitMs = LOOK_AGAIN_MS) {
    const early = await within(first.result, waitMs, clock);
    if (early) return { choice: first.choice, result: early };
    other = second();
  }
  if (other === undefined) return { choice: first.choice, result: await first.result };
  const lanes: [Lane, Lane] = [first, other];
  const quicker = await Promise.race(lanes.map((lane) => lane.result.then((result) => ({ lane, result }))));
  const slower = quicker.lane === first ? lanes[1] : first;
  if (quicker.result.kind === "reply") {
    slower.beaten();
    void slower.result.then(drop, drop);
  }
  if (quicker.result.kind === "reply" || quicker.result.kind === "client-left")
    return { choice: quicker.lane.choice, result: quicker.result };
  failed(quicker.lane, quicker.result);
  return { choice: slower.choice, result: await slower.result };
}

/** Both had content in the same moment: the second one's stream is closed. */
function drop(late: unknown): void {
  const result = late as AttemptResult | undefined;
  if (result?.kind === "reply") void result.reply.pieces.return?.();
}

function within<T>(promise: Promise<T>, ms: number, clock: Clock): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve(undefined));
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error) => {
        cancel();
        reject(error);
      },
    );
  });
}

/**
 * What a key may still send to one model: the windows its upstream tells of in response headers, or a pace of its own
 * making where the upstream says nothing but 429. Asked before a call is sent, so that 429s are avoided, not met.
 */
import type { Limits } from "../providers/limits.ts";
import type { Demand } from "./demand.ts";
import { createPace } from "./pace.ts";
import { createWindow, type Window, type WindowStatus } from "./window.ts";

/** What was taken for one attempt. */
export interface Ticket {
  amounts: Partial<Record<Counted, number>>;
  takenThen: Partial<Record<Counted, number>>;
}

export interface Quota {
  /** Milliseconds until such a call may be sent, 0 for now. */
  waitMs(demand: Demand, now: number): number;
  take(demand: Demand, now: number): Ticket | undefined;
  giveBack(ticket: Ticket | undefined): void;
  /** Whether it keeps a pace of its own making. */
  isPaced(): boolean;
  /** A call got through. */
  answered(now: number): void;
  /** Whether a window is known to be used up. */
  usedUp(now: number): boolean;
  /** Whether the headers of the next answer are worth reading: close to a limit always, far from it now and then. */
  wantsToKnow(now: number): boolean;
  /**
   * `refused`: the answer was a 429. Returns the end (epoch milliseconds) of a window that is used up and comes back
   * all at once, if there is one.
   */
  told(limits: Limits | undefined, ticket: Ticket | undefined, refused: boolean, now: number): number | undefined;
  status(now: number): QuotaStatus;
}

export interface QuotaStatus extends Partial<Record<Counted, WindowStatus>> {
  /** The gateway's own estimate of calls a minute, where the upstream told nothing but 429. */
  pacedPerMinute?: number;
}

type Counted = "requests" | "tokens" | "inputTokens" | "outputTokens";
const COUNTED: readonly Counted[] = ["requests", "tokens", "inputTokens", "outputTokens"];

/** An upstream without such headers, or a key far from its limits, is asked again after so long. */
const REREAD_MS = 250;
const REREAD_SILENT_MS = 5_000;
/** Share of a window below which every answer's headers are read. */
const CLOSE_TO_LIMIT = 0.5;

export function createQuota(): Quota {
  const windows = new Map<Counted, Window>();
  const pace = createPace();
  let readAt = Number.NEGATIVE_INFINITY;
  let closeToLimit = false;

  return {
    waitMs(demand, now) {
      let wait = pace.waitMs(now);
      if (windows.size === 0) return wait;
      for (const [counted, window] of windows) wait = Math.max(wait, window.waitMs(amountOf(counted, demand), now));
      return wait;
    },
    take(demand, now) {
      pace.take(now);
      if (windows.size === 0) return undefined;
      const ticket: Ticket = { amounts: {}, takenThen: {} };
      for (const [counted, window] of windows) {
        const amount = amountOf(counted, demand);
        ticket.amounts[counted] = amount;
        ticket.takenThen[counted] = window.take(amount, now);
      }
      return ticket;
    },
    giveBack(ticket) {
      pace.giveBack();
      for (const counted of COUNTED) {
        const amount = ticket?.amounts[counted];
        if (amount !== undefined) windows.get(counted)?.giveBack(amount);
      }
    },
    isPaced: pace.isOn,
    answered: pace.answered,
    usedUp(now) {
      for (const window of windows.values()) if (window.waitMs(1, now) > 0) return true;
      return false;
    },
    wantsToKnow: (now) => closeToLimit || now - readAt >= (windows.size > 0 ? REREAD_MS : REREAD_SILENT_MS),
    told(limits, ticket, refused, now) {
      readAt = now;
      closeToLimit = false;
      let usedUp = false;
      let restsUntil: number | undefined;
      for (const counted of COUNTED) {
        const said = limits?.[counted];
        if (said?.remaining === undefined) continue;
        const window = windows.get(counted) ?? createWindow();
        windows.set(counted, window);
        window.told(said, ticket?.takenThen[counted], now);
        const { limit, remaining } = window.status(now);
        closeToLimit ||= remaining < limit * CLOSE_TO_LIMIT;
        if (remaining >= 1) continue;
        usedUp = true;
        const untilMs = window.closedUntilMs(now);
        if (untilMs !== undefined) restsUntil = Math.max(restsUntil ?? 0, untilMs);
      }
      // A refusal that the windows don't explain comes from a limit nobody told of.
      if (refused && !usedUp) pace.limited(now);
      return restsUntil;
    },
    status(now) {
      const status: QuotaStatus = {};
      for (const [counted, window] of windows) status[counted] = window.status(now);
      const paced = pace.perMinute(now);
      if (paced !== undefined) status.pacedPerMinute = paced;
      return status;
    },
  };
}

function amountOf(counted: Counted, { inputTokens, outputTokens }: Demand): number {
  switch (counted) {
    case "requests":
      return 1;
    case "inputTokens":
      return inputTokens;
    case "outputTokens":
      return outputTokens;
    case "tokens":
      return inputTokens + outputTokens;
    default:
      return counted satisfies never;
  }
}

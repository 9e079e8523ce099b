/**
 * Brings every channel to know what is so. What is due follows from the episodes alone (who was told what, and whether
 * it is over), so a message that failed, or that a restart or quiet hours held up, is simply still due.
 */
import type { Clock, Log, Random } from "../../canonical/deps.ts";
import type { AlertNotice, AlertRow } from "../../store/alert-ports.ts";
import { type Channel, ChannelError } from "./channel.ts";
import { alertText, type Notice } from "./message.ts";

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 300_000;
/** Nobody wants to hear of an alert that has been over for this long. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000;

export interface DeliveryOptions {
  clock: Clock;
  random: Random;
  log: Log;
  link: string | null;
  /** What the episodes say has changed. */
  save(row: AlertRow): void;
}

export interface Delivery {
  /** Sends what is due and may be sent now. Does not wait. */
  send(channels: ReadonlyMap<string, Channel>, rows: readonly AlertRow[], isQuiet: (row: AlertRow) => boolean): void;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
  setLink(link: string | null): void;
}

interface ChannelState {
  failures: number;
  retryAtMs: number;
  sending: Set<string>;
}

export function createDelivery({ clock, random, log, save, ...options }: DeliveryOptions): Delivery {
  let link = options.link;
  const states = new Map<string, ChannelState>();
  const underWay = new Set<Promise<void>>();

  const stateOf = (name: string): ChannelState => {
    const known = states.get(name);
    if (known) return known;
    const made = { failures: 0, retryAtMs: 0, sending: new Set<string>() };
    states.set(name, made);
    return made;
  };

  const succeeded = (name: string, state: ChannelState) => {
    if (state.failures > 0) log("info", "alert messages are taken again", { channel: name });
    state.failures = 0;
    state.retryAtMs = 0;
  };

  const failed = (name: string, state: ChannelState, error: unknown): string => {
    const message = error instanceof ChannelError ? error.message : "the message could not be made";
    if (state.failures === 0)
      log("warn", "an alert message could not be delivered; it is tried again", { channel: name, cause: message });
    const backoffMs =
      Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(state.failures, 20)) * (0.8 + 0.4 * random());
    const askedMs = error instanceof ChannelError ? (error.retryAfterMs ?? 0) : 0;
    state.failures += 1;
    state.retryAtMs = clock.now() + Math.min(MAX_RETRY_MS, Math.max(backoffMs, askedMs));
    return message;
  };

  const deliver = async (channel: Channel, rows: readonly AlertRow[], kind: "firing" | "resolved") => {
    const state = stateOf(channel.name);
    const notice: Notice = { kind, alerts: rows.map(alertText), atMs: clock.now(), link };
    for (const { id } of rows) state.sending.add(id);
    let error: string | null = null;
    try {
      await channel.send(notice);
      succeeded(channel.name, state);
    } catch (thrown) {
      error = failed(channel.name, state, thrown);
    }
    for (const row of rows) {
      state.sending.delete(row.id);
      const known = row.notices.find((one) => one.channel === channel.name);
      if (!known) continue;
      known.error = error;
      known.atMs = clock.now();
      if (error === null) known.told = kind;
      known.failures = error === null ? 0 : known.failures + 1;
      save(row);
    }
  };

  return {
    send(channels, rows, isQuiet) {
      const nowMs = clock.now();
      for (const channel of channels.values()) {
        const state = stateOf(channel.name);
        if (nowMs < state.retryAtMs) continue;
        for (const kind of ["firing", "resolved"] as const) {
          const due = rows.filter(
            (row) => !state.sending.has(row.id) && dueKind(row, channel.name, nowMs) === kind && !isQuiet(row),
          );
          const groups = channel.single ? due.map((row) => [row]) : due.length > 0 ? [due] : [];
          for (const group of groups) {
            const sent: Promise<void> = deliver(channel, group, kind).finally(() => underWay.delete(sent));
            underWay.add(sent);
          }
        }
      }
    },
    async idle() {
      await Promise.all(underWay);
    },
    setLink(to) {
      link = to;
    },
  };
}

/** Whether somebody is still to be told of an episode, or may be. */
export function isOpen(row: AlertRow, nowMs: number): boolean {
  return row.resolvedAtMs === null || row.notices.some(({ channel }) => dueKind(row, channel, nowMs) !== undefined);
}

/** An alert that was over before its channel could be told is not told at all. */
function dueKind(row: AlertRow, channel: string, nowMs: number): "firing" | "resolved" | undefined {
  const notice: AlertNotice | undefined = row.notices.find((one) => one.channel === channel);
  if (!notice) return undefined;
  if (row.resolvedAtMs === null) return notice.told === "nothing" ? "firing" : undefined;
  return notice.told === "firing" && nowMs - row.resolvedAtMs < GIVE_UP_AFTER_MS ? "resolved" : undefined;
}

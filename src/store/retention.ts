import type { Clock, Log } from "../canonical/deps.ts";
import type { ExpiringPort } from "./ports.ts";

/** How often old entries are looked for. */
export const RETENTION_EVERY_MS = 10 * 60_000;
/** Deleted at a time, so that a delete never holds up the writer for long. */
export const RETENTION_BATCH_ROWS = 2_000;
/** Pause between two deletes: what waits to be written goes first. */
const PAUSE_MS = 100;
const DAY_MS = 24 * 60 * 60_000;

export interface RetentionOptions {
  port: ExpiringPort;
  /** Whole or part of days; positive. */
  keepDays: number;
  clock: Clock;
  log: Log;
}

/** Deletes what is older than `keepDays`, now and then from time to time, until the returned function is called. */
export function startRetention({ port, keepDays, clock, log }: RetentionOptions): () => void {
  const deleteSome = (limit: number) => port.deleteBefore(clock.now() - keepDays * DAY_MS, limit);
  return repeatDeletes({ deleteSome, clock, log });
}

export interface RepeatOptions extends Pick<RetentionOptions, "clock" | "log"> {
  /** Deletes at most `limit` entries; resolves to their number. */
  deleteSome(limit: number): Promise<number>;
}

/** Deletes in small portions until one finds nothing, and looks again from time to time. */
export function repeatDeletes({ deleteSome, clock, log }: RepeatOptions): () => void {
  let stopped = false;
  let cancel = () => {};
  const later = (delayMs: number) => {
    if (!stopped) cancel = clock.after(delayMs, () => void deleteOnce());
  };
  const deleteOnce = async () => {
    try {
      later((await deleteSome(RETENTION_BATCH_ROWS)) > 0 ? PAUSE_MS : RETENTION_EVERY_MS);
    } catch (error) {
      if (stopped) return;
      log("warn", "Old log entries could not be deleted; trying again later.", { error });
      later(RETENTION_EVERY_MS);
    }
  };
  void deleteOnce();
  return () => {
    stopped = true;
    cancel();
  };
}

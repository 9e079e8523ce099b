import type { Clock, Log } from "../canonical/deps.ts";

/** A batch is written when it has this many items … */
export const BATCH_MAX_ITEMS = 500;
/** … or when its first item is this old, whichever comes first. */
export const BATCH_MAX_DELAY_MS = 50;
/** Items that may wait while the store is slow or refuses. */
export const BATCH_MAX_QUEUED = 20_000;
/** Pause after a refused write, which is then tried again with the same items. */
export const BATCH_RETRY_MS = 1_000;

export interface BatchOptions<T> {
  /** Writes all items or none, and may be called again with the same ones. One call at a time. */
  write(items: readonly T[]): Promise<void>;
  /** What the items are, for the log: `request log rows`. */
  what: string;
  /** Default BATCH_MAX_QUEUED. Infinite for what must never be dropped: then its maker has to stop in time. */
  maxQueued?: number;
  clock: Clock;
  log: Log;
}

export interface Batch<T> {
  /** False when the queue is full and the item was not taken. Never throws. */
  add(item: T): boolean;
  /** Writes what waits now. Resolves when it is written; rejects with the write's error, the items then still wait. */
  flush(): Promise<void>;
  size(): number;
  /** Items not taken since the start. */
  dropped(): number;
}

/**
 * Gathers items off the hot path and writes them together, in order. While a write fails the items wait, bounded: past
 * the bound new ones are refused, with one warning when that begins and one line with the count when it is over.
 */
export function createBatch<T>({ write, what, maxQueued = BATCH_MAX_QUEUED, clock, log }: BatchOptions<T>): Batch<T> {
  let queue: T[] = [];
  let writing: Promise<void> | undefined;
  let scheduled = false;
  let written = 0;
  let dropped = 0;
  let droppedBefore = 0;
  let failing = false;

  const schedule = (delayMs: number) => {
    if (scheduled) return;
    scheduled = true;
    clock.after(delayMs, () => {
      scheduled = false;
      // A failure was logged where it happened, and the items wait for the next turn.
      void writeNext().catch(() => {});
    });
  };

  /** Writes one batch; concurrent callers share it. */
  const writeNext = (): Promise<void> => {
    if (writing || queue.length === 0) return writing ?? Promise.resolve();
    const items = queue.slice(0, BATCH_MAX_ITEMS);
    writing = write(items).then(
      () => {
        writing = undefined;
        queue = queue.slice(items.length);
        written += items.length;
        recovered();
        if (queue.length > 0) schedule(queue.length >= BATCH_MAX_ITEMS ? 0 : BATCH_MAX_DELAY_MS);
      },
      (error) => {
        writing = undefined;
        if (!failing) log("warn", `Writing ${what} failed; they wait in memory and are tried again.`, { error });
        failing = true;
        schedule(BATCH_RETRY_MS);
        throw error;
      },
    );
    return writing;
  };

  const recovered = () => {
    if (dropped > droppedBefore) log("warn", `${dropped - droppedBefore} ${what} were dropped.`);
    else if (failing) log("info", `Writing ${what} works again; none were lost.`);
    droppedBefore = dropped;
    failing = false;
  };

  return {
    add(item) {
      if (queue.length >= maxQueued) {
        if (dropped === droppedBefore) log("warn", `Too many ${what} wait to be written; new ones are dropped.`);
        dropped += 1;
        return false;
      }
      queue.push(item);
      // Not while one is being written or refused: then the timer decides.
      if (queue.length >= BATCH_MAX_ITEMS && !writing && !failing) void writeNext().catch(() => {});
      else if (!writing) schedule(BATCH_MAX_DELAY_MS);
      return true;
    },
    async flush() {
      const until = written + queue.length;
      while (written < until) await writeNext();
    },
    size: () => queue.length,
    dropped: () => dropped,
  };
}

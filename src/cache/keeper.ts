/**
 * Writes what the cache learns, off the hot path: answers in batches, then their vectors; uses, evidence and totals
 * every second. What was deleted is taken out of memory too.
 */
import type { Clock, Log } from "../canonical/deps.ts";
import { createBatch } from "../store/batch.ts";
import type { Answers } from "./answers/answers.ts";
import type { Bounds } from "./answers/queries.ts";
import type { EntryRow } from "./answers/rows.ts";
import type { VectorIndex, VectorRow } from "./index/vector-index.ts";

export interface Keeper {
  put(row: EntryRow, bounds: Bounds): void;
  /** The vector of an entry that was put before. */
  putVector(vector: VectorRow): void;
  used(key: string): void;
  /** Writes what waits. */
  flush(): Promise<void>;
  /** Writes what waits and stops. */
  stop(): Promise<void>;
}

export interface KeeperOptions {
  answers: Answers;
  index: VectorIndex;
  clock: Clock;
  log: Log;
  /** Notes that have changed since the last call. */
  changed(): Record<string, string>;
  onGone(keys: readonly string[]): void;
}

/** Answers that may wait for the disk: they can be large, and one more miss is no loss. */
const MAX_WAITING = 1_000;
const SAVE_INTERVAL_MS = 1_000;
const SWEEP_INTERVAL_MS = 30_000;

export function createKeeper({ answers, index, clock, log, changed, onGone }: KeeperOptions): Keeper {
  let used = new Set<string>();
  let stopped = false;

  const gone = (keys: readonly string[]) => {
    if (keys.length === 0) return;
    onGone(keys);
    // Before the model has ever run there is nothing in the index.
    index.tidy().catch(() => {});
  };
  const entries = createBatch<{ row: EntryRow; bounds: Bounds }>({
    what: "cache entries",
    maxQueued: MAX_WAITING,
    clock,
    log,
    async write(items) {
      const bounds = Object.fromEntries(items.map(({ row, bounds: own }) => [row.space, own]));
      const rows = items.map(({ row }) => row);
      gone(await answers.put(rows, bounds));
    },
  });
  const vectors = createBatch<VectorRow>({
    what: "cache vectors",
    maxQueued: MAX_WAITING,
    clock,
    log,
    async write(rows) {
      await entries.flush();
      // Without its vector an entry is found by its keys alone.
      await index.add(rows).catch(() => {});
    },
  });
  const flush = async () => {
    await entries.flush();
    await vectors.flush();
  };

  const save = async () => {
    const keys = [...used];
    used = new Set();
    if (keys.length > 0) await answers.touch(keys, clock.now());
    const notes = changed();
    if (Object.keys(notes).length > 0) await answers.setNotes(notes);
  };
  const every = (ms: number, work: () => Promise<void>) => {
    let cancel = () => {};
    const tick = () => {
      if (stopped) return;
      work().catch((error: unknown) => log("warn", "The cache could not be written.", { error }));
      cancel = clock.after(ms, tick);
    };
    cancel = clock.after(ms, tick);
    return () => cancel();
  };
  const cancels = [
    every(SAVE_INTERVAL_MS, save),
    every(SWEEP_INTERVAL_MS, async () => gone(await answers.sweep(clock.now()))),
  ];

  return {
    put: (row, bounds) => void entries.add({ row, bounds }),
    putVector: (vector) => void vectors.add(vector),
    used: (key) => void used.add(key),
    flush,
    async stop() {
      stopped = true;
      for (const cancel of cancels) cancel();
      await flush();
      await save();
    },
  };
}

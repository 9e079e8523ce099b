/**
 * The way of costs into the ledger, off the hot path. Nothing that cost money is ever dropped: when too much waits, new
 * calls are refused instead.
 */
import type { Clock, Log } from "../canonical/deps.ts";
import { type Batch, createBatch } from "../store/batch.ts";
import type { LedgerEntry, LedgerPort, UsageEntry } from "../store/budget-ports.ts";
import { NODE, type Share } from "./accounts.ts";

/** With so many rows waiting the store is slower than the traffic, or refuses to write. */
const MAX_QUEUED_ROWS = 20_000;

export interface LedgerWriter {
  /** Books what an attempt cost. `shares` are told when it has been written. */
  book(entry: LedgerEntry, shares: readonly Share[]): void;
  /** Counts a call for the reports; the first thing to be left out when too much waits. */
  count(call: UsageEntry): void;
  /** New calls have to be refused. */
  isFull(): boolean;
  queueLength(): number;
  flush(): Promise<void>;
}

type Item = { entry: LedgerEntry; shares: readonly Share[] } | { call: UsageEntry };

export function createLedgerWriter(ledger: LedgerPort, clock: Clock, log: Log): LedgerWriter {
  const batch: Batch<Item> = createBatch({
    what: "ledger rows",
    clock,
    log,
    maxQueued: Number.POSITIVE_INFINITY,
    async write(items) {
      const entries: LedgerEntry[] = [];
      const calls: UsageEntry[] = [];
      for (const item of items) {
        if ("entry" in item) entries.push(item.entry);
        else calls.push(item.call);
      }
      await ledger.append(NODE, entries, calls);
      for (const item of items) {
        if (!("entry" in item)) continue;
        for (const share of item.shares) {
          share.queued -= item.entry.costNanoUsd;
          share.account.queued -= item.entry.costNanoUsd;
        }
      }
    },
  });
  const isFull = () => batch.size() >= MAX_QUEUED_ROWS;
  return {
    book: (entry, shares) => void batch.add({ entry, shares }),
    count: (call) => void (isFull() || batch.add({ call })),
    isFull,
    queueLength: batch.size,
    flush: batch.flush,
  };
}

/** Stored answers beyond the process: a thread of its own with `cache.db`. */
import { GatewayError } from "../../canonical/errors.ts";
import { createRemote } from "../../store/sqlite/rpc.ts";
import { isEmbedded } from "../embedding/embedded.ts";
import type { Entry } from "../entry.ts";
import type { Bounds, PurgeFilter, SpaceStatistics } from "./queries.ts";
import { type EntryRow, toEntry } from "./rows.ts";
import type { AnswerGroups } from "./worker.ts";

export interface Answers {
  /** The entry of an equal request, else the newest one of the same canonical key. */
  find(key: string, canonical: string | null, nowMs: number): Promise<{ exact?: Entry; canonical?: Entry }>;
  get(key: string, nowMs: number): Promise<Entry | undefined>;
  /** Resolves to the keys of entries that had to go, by space and its bounds. */
  put(rows: readonly EntryRow[], bounds: Record<string, Bounds>): Promise<string[]>;
  touch(keys: readonly string[], nowMs: number): Promise<void>;
  /** Deletes what has expired; resolves to the keys. */
  sweep(nowMs: number): Promise<string[]>;
  /** How many a purge would take out. */
  count(filter: PurgeFilter): Promise<number>;
  purge(filter: PurgeFilter): Promise<string[]>;
  statistics(): Promise<SpaceStatistics[]>;
  notes(): Promise<Record<string, string>>;
  setNotes(values: Record<string, string>): Promise<void>;
  /** Finishes what was called before and closes. */
  close(): Promise<void>;
}

/** In the compiled binary each worker is an entry point at its path below `src`. */
const WORKER = isEmbedded(import.meta.path) ? "./cache/answers/worker.ts" : "./worker.ts";

/** @throws StoreOpenError naming the file that is unreadable, corrupt or too new. */
export async function openAnswers(path: string): Promise<Answers> {
  const worker = new Worker(new URL(WORKER, import.meta.url), { name: "cache" });
  const remote = createRemote<AnswerGroups>((message) => worker.postMessage(message));
  worker.onmessage = (event: MessageEvent<string>) => remote.receive(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    remote.end(new GatewayError("overloaded", "The cache has stopped.", { cause: event.message }));
  };
  const end = () => {
    remote.end(new GatewayError("shutting_down", "The cache is closed."));
    worker.terminate();
  };
  const { call } = remote;
  try {
    await call("file", "open", path);
  } catch (error) {
    end();
    throw error;
  }
  return {
    async find(key, canonical, nowMs) {
      const found = await call("entries", "find", key, canonical, nowMs);
      return {
        ...(found.exact && { exact: toEntry(found.exact) }),
        ...(found.canonical && { canonical: toEntry(found.canonical) }),
      };
    },
    async get(key, nowMs) {
      const row = await call("entries", "get", key, nowMs);
      return row ? toEntry(row) : undefined;
    },
    put: (rows, bounds) => call("entries", "put", rows, bounds),
    touch: (keys, nowMs) => call("entries", "touch", keys, nowMs),
    sweep: (nowMs) => call("entries", "sweep", nowMs),
    count: (filter) => call("entries", "count", filter),
    purge: (filter) => call("entries", "purge", filter),
    statistics: () => call("entries", "statistics"),
    notes: () => call("notes", "all"),
    setNotes: (values) => call("notes", "set", values),
    close: () => call("file", "close").finally(end),
  };
}

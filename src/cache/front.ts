import type { Entry } from "./entry.ts";

/** Answers kept in memory before the database, by size of their JSON. */
const FRONT_MAX_BYTES = 32 * 1024 * 1024;

/** The last used entries, so that a hit on one of them waits for nothing. */
export interface Front {
  get(key: string, nowMs: number): Entry | undefined;
  set(entry: Entry, bytes: number): void;
  delete(keys: readonly string[]): void;
  clear(): void;
}

export function createFront(maxBytes = FRONT_MAX_BYTES): Front {
  const kept = new Map<string, { entry: Entry; bytes: number }>();
  let total = 0;
  const remove = (key: string) => {
    total -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  return {
    get(key, nowMs) {
      const found = kept.get(key);
      if (!found) return undefined;
      if (found.entry.exactUntilMs <= nowMs) {
        remove(key);
        return undefined;
      }
      // The Map's order is the order of last use.
      kept.delete(key);
      kept.set(key, found);
      return found.entry;
    },
    set(entry, bytes) {
      remove(entry.key);
      if (bytes > maxBytes) return;
      kept.set(entry.key, { entry, bytes });
      total += bytes;
      for (const key of kept.keys()) {
        if (total <= maxBytes) break;
        remove(key);
      }
    },
    delete: (keys) => keys.forEach(remove),
    clear() {
      kept.clear();
      total = 0;
    },
  };
}

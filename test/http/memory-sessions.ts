import type { SessionRow, SessionsPort } from "../../src/store/ports.ts";

/** The port without a database, for tests of what stands in front of it. */
export function memorySessions(): SessionsPort & { rows: Map<string, SessionRow> } {
  const rows = new Map<string, SessionRow>();
  return {
    rows,
    list: async (nowMs) => [...rows.values()].filter(({ expiresAtMs }) => expiresAtMs > nowMs),
    insert: async (row) => void rows.set(row.hash, row),
    seen: async (hash, lastSeenAtMs) => void rows.set(hash, { ...rows.get(hash)!, lastSeenAtMs }),
    delete: async (hashes) => {
      for (const hash of hashes) rows.delete(hash);
    },
    deleteBefore: async () => 0,
  };
}

import type { Database } from "bun:sqlite";
import type { RequestRow } from "../ports.ts";

/** Known pairs held in memory; beyond them each row asks the table. */
const MEMORY_MAX_PAIRS = 10_000;

/** Under which names keys have called: what finds a key's rows by its id. */
export function keyNameQueries(client: Database) {
  const insert = client.prepare("insert or ignore into key_names (key_id, key_name) values (?, ?)");
  const known = new Set<string>();
  return {
    note({ keyId, keyName }: RequestRow): void {
      if (keyId === null || keyName === null) return;
      const pair = `${keyId}\n${keyName}`;
      if (known.has(pair)) return;
      insert.run(keyId, keyName);
      if (known.size < MEMORY_MAX_PAIRS) known.add(pair);
    },
    /** After rows were noted that are not in the file after all. */
    forget: () => known.clear(),
    namesOf: (keyId: string): string[] =>
      client
        .query<{ key_name: string }, [string]>("select key_name from key_names where key_id = ?")
        .all(keyId)
        .map(({ key_name: name }) => name),
  };
}

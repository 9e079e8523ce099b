import type { Database } from "bun:sqlite";
import { desc, sql } from "drizzle-orm";
import type { BunSQLiteDatabase } from "drizzle-orm/bun-sqlite";
import { getTableColumns } from "drizzle-orm/utils";
import type { LedgerEntry, UsageEntry } from "../budget-ports.ts";
import { GENESIS, ledgerHash } from "../ledger-hash.ts";
import { packUsage } from "../usage-array.ts";
import { budgetWindows, leases, ledger } from "./schema/state.ts";
import { usageWriter } from "./usage.ts";

/** Behind LedgerPort's `append`. `client` is the connection below `database`: rows go past the query builder for speed. */
export function ledgerQueries(client: Database, database: BunSQLiteDatabase) {
  const insert = insertStatement(client, database);
  const book = bookStatement(database);
  const addUsage = usageWriter(database);
  let last: { position: number; hash: Uint8Array } | undefined;

  const lastRow = () =>
    database
      .select({ position: ledger.position, hash: ledger.hash })
      .from(ledger)
      .orderBy(desc(ledger.position))
      .limit(1)
      .get() ?? { position: 0, hash: GENESIS };

  const write = client.transaction((node: string, entries: readonly LedgerEntry[], calls: readonly UsageEntry[]) => {
    let { position, hash } = last ?? lastRow();
    const costs = new Map<number, number>();
    for (const entry of entries) {
      const { tags: _, usage, windows, ...columns } = entry;
      position += 1;
      const row = {
        position,
        ...columns,
        usage: packUsage(usage),
        estimated: usage.estimated === true,
        windows: JSON.stringify(windows),
      };
      hash = ledgerHash(hash, row);
      insert({ ...row, hash: hash as Buffer });
      for (const window of windows) costs.set(window, (costs.get(window) ?? 0) + entry.costNanoUsd);
    }
    for (const [window, amount] of costs) book(node, window, amount);
    addUsage(entries, calls);
    return { position, hash };
  });

  return {
    append(node: string, entries: readonly LedgerEntry[], calls: readonly UsageEntry[]): void {
      // Only what was committed may be built upon.
      last = write(node, entries, calls);
    },
  };
}

/** A cost moves from the node's lease to what is spent, so that the two together stay what they were. */
function bookStatement(database: BunSQLiteDatabase) {
  const amount = sql.placeholder("amount");
  const window = sql.placeholder("window");
  const spend = database
    .update(budgetWindows)
    .set({ spentNanoUsd: sql`${budgetWindows.spentNanoUsd} + ${amount}` })
    .where(sql`${budgetWindows.id} = ${window}`)
    .prepare();
  const shrink = database
    .update(leases)
    .set({ amountNanoUsd: sql`${leases.amountNanoUsd} - ${amount}` })
    .where(sql`${leases.window} = ${window} and ${leases.node} = ${sql.placeholder("node")}`)
    .prepare();
  return (node: string, id: number, nanoUsd: number): void => {
    spend.run({ window: id, amount: nanoUsd });
    shrink.run({ window: id, node, amount: nanoUsd });
  };
}

/** The statement's text comes from the schema, so that the two cannot get out of step. */
function insertStatement(client: Database, database: BunSQLiteDatabase) {
  type Row = typeof ledger.$inferSelect;
  const names = Object.keys(getTableColumns(ledger)) as (keyof Row)[];
  const placeholders = Object.fromEntries(names.map((name) => [name, sql.placeholder(name)]));
  const query = database
    .insert(ledger)
    .values(placeholders as unknown as Row)
    .toSQL();
  const statement = client.prepare(query.sql);
  return (row: Row): void => void statement.run(...names.map((name) => row[name]));
}

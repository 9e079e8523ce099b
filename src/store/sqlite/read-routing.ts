/** Reads providers and models made by API beside or without a server: read-only, as they are at this moment. */
import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { drizzle } from "drizzle-orm/bun-sqlite";
import type { RoutingRow } from "../routing-ports.ts";
import { PROOF_SETTING } from "../seal-proof.ts";
import { models, providers } from "./schema/state.ts";
import { settingQueries } from "./settings.ts";

export interface RoutingSnapshot {
  providers: RoutingRow[];
  models: RoutingRow[];
  /** Of the master key; null where nothing was ever sealed. */
  proof: string | null;
}

/** Undefined where there is no store, or one from before there was any of it. */
export function readRouting(directory: string): RoutingSnapshot | undefined {
  const file = `${directory}/state.db`;
  if (!existsSync(file)) return undefined;
  let database: Database | undefined;
  try {
    database = new Database(file, { readonly: true, strict: true });
    const queries = drizzle(database);
    return {
      providers: queries.select().from(providers).orderBy(providers.createdAtMs).all(),
      models: queries.select().from(models).orderBy(models.createdAtMs).all(),
      proof: settingQueries(queries).get(PROOF_SETTING),
    };
  } catch {
    // Whether the file can be used at all is another question, asked elsewhere.
    return undefined;
  } finally {
    database?.close();
  }
}

import { readFileSync } from "node:fs";

/**
 * The migrations of one database as lists of statements, oldest first. Run as a Bun macro: the result is written into
 * the code that calls it, so the binary needs no files beside it.
 */
export function readMigrations(database: "state" | "log"): string[][] {
  const folder = new URL(`../../../drizzle/${database}/`, import.meta.url);
  const journal = JSON.parse(readFileSync(new URL("meta/_journal.json", folder), "utf8")) as {
    entries: { tag: string }[];
  };
  return journal.entries.map(({ tag }) =>
    readFileSync(new URL(`${tag}.sql`, folder), "utf8").split("--> statement-breakpoint"),
  );
}

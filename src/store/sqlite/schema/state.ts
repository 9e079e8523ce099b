/** Tables of state.db: what must survive a power cut (synchronous FULL). One section a table. */
import { sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Small named values: admin token hash, resting keys. */
export const settings = sqliteTable("settings", {
  name: text().primaryKey(),
  value: text().notNull(),
});

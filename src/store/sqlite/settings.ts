import { eq } from "drizzle-orm";
import type { BunSQLiteDatabase } from "drizzle-orm/bun-sqlite";
import { settings } from "./schema/state.ts";

/** Behind SettingsPort. */
export function settingQueries(database: BunSQLiteDatabase) {
  const get = (name: string): string | null =>
    database.select({ value: settings.value }).from(settings).where(eq(settings.name, name)).get()?.value ?? null;
  return {
    get,
    set(name: string, value: string): void {
      database
        .insert(settings)
        .values({ name, value })
        .onConflictDoUpdate({ target: settings.name, set: { value } })
        .run();
    },
    setIfAbsent(name: string, value: string): string {
      database.insert(settings).values({ name, value }).onConflictDoNothing().run();
      return get(name) ?? value;
    },
  };
}

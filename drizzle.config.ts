import { defineConfig } from "drizzle-kit";

/**
 * Writes migrations: `EVERGATE_DATABASE=state bunx drizzle-kit generate`, and the same with `log`. There are two
 * databases, so two schemas and two folders.
 */
const database = process.env["EVERGATE_DATABASE"] ?? "state";

export default defineConfig({
  dialect: "sqlite",
  schema: `./src/store/sqlite/schema/${database}.ts`,
  out: `./drizzle/${database}`,
});

/**
 * A process with an open store, for tests that kill it: appends batches for ever and prints how many rows were
 * acknowledged so far, a line a batch.
 */
import { openStore } from "../../src/store/sqlite/store.ts";
import { requestRow } from "./support.ts";

const BATCH_ROWS = 50;
const [path, mode] = process.argv.slice(2);
const store = await openStore({ path: path! });
console.log("open");
for (let written = 0; mode === "append"; written += BATCH_ROWS) {
  try {
    await store.requests.append(Array.from({ length: BATCH_ROWS }, (_, n) => requestRow(written + n)));
  } catch (error) {
    const { code, cause } = error as { code: string; cause?: { code?: string } };
    console.log(`failed ${code} ${cause?.code}`);
    break;
  }
  console.log(`${written + BATCH_ROWS}`);
}
if (mode === "append") {
  console.log(`${(await store.requests.list({}, { limit: 1 })).data.length} readable`);
  process.exit(0);
}

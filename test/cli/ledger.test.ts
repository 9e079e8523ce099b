import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import type { LedgerEntry } from "../../src/store/budget-ports.ts";
import { ledgerHash } from "../../src/store/ledger-hash.ts";
import { openDatabases } from "../../src/store/sqlite/databases.ts";
import { readLedger } from "../../src/store/sqlite/read-ledger.ts";
import { NOON_MS, temporaryDirectory } from "../store/support.ts";
import { run } from "./run.ts";

function entry(n: number, over: Partial<LedgerEntry> = {}): LedgerEntry {
  const usage = { input: 1_200, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 350, reasoning: 0 };
  return {
    atMs: NOON_MS + n,
    requestId: `req_${n}`,
    attempt: 1,
    keyId: "file:ci",
    keyName: "ci",
    team: "search",
    customer: null,
    user: null,
    model: "fast",
    provider: "openai",
    targetModel: "gpt-4o",
    usage,
    costNanoUsd: 1_234_500,
    tags: null,
    windows: [],
    ...over,
  };
}

/** Five rows that count against one budget window. */
function writtenLedger() {
  const directory = temporaryDirectory();
  const { tables, close } = openDatabases(directory.path);
  const [lease] = tables.budgets.lease(
    "local",
    [{ budget: "b", startMs: 0, fromMs: 0, limitNanoUsd: 1e12, freeNanoUsd: 0, sliceNanoUsd: 0 }],
    [{ requests: [0], amountNanoUsd: 1e9 }],
  );
  const rows = [1, 2, 3, 4, 5].map((n) => entry(n, { windows: [lease!.window], user: n === 5 ? '=cmd("x"),y' : null }));
  tables.ledger.append("local", rows.slice(0, 2), []);
  tables.ledger.append("local", rows.slice(2), []);
  close();
  return {
    path: directory.path,
    change(sql: string) {
      const database = new Database(`${directory.path}/state.db`);
      database.run(sql);
      database.close();
    },
    [Symbol.dispose]: directory[Symbol.dispose],
  };
}

test("a whole ledger is told so, with its last hash", async () => {
  using ledger = writtenLedger();
  const { code, stdout } = await run("/", ["ledger", "verify", "--data", ledger.path]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/whole: 5 rows, 0\.0061725 USD; last hash [0-9a-f]{64}/);
});

test.each([
  ["changed cost", "UPDATE ledger SET cost_nano_usd = 1 WHERE position = 3", "row 3"],
  ["changed team", "UPDATE ledger SET team = 'x' WHERE position = 2", "row 2"],
  ["row taken out", "DELETE FROM ledger WHERE position = 4", "row 4 is missing"],
  ["last row taken out", "DELETE FROM ledger WHERE position = 5", "add up to"],
  ["changed total", "UPDATE budget_windows SET spent_nano_usd = 0", "add up to"],
])("what was tampered with is found: %s", async (_, sql, text) => {
  using ledger = writtenLedger();
  ledger.change(sql);
  const { code, stderr } = await run("/", ["ledger", "verify", "--data", ledger.path]);
  expect(code).toBe(1);
  expect(stderr).toContain(text);
});

test("an export holds a row per attempt, with the cost as decimal text", async () => {
  using ledger = writtenLedger();
  const { code, stdout } = await run("/", ["ledger", "export", "--data", ledger.path]);
  expect(code).toBe(0);
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(rows.length).toBe(5);
  expect(rows[0]).toMatchObject({
    position: 1,
    at: "2026-01-12T12:00:00.001Z",
    request_id: "req_1",
    target: "openai/gpt-4o",
    cost_usd: "0.0012345",
    input_tokens: 1_200,
    output_tokens: 350,
    estimated: false,
  });
});

test("CSV quotes what needs it and disarms formulas", async () => {
  using ledger = writtenLedger();
  const { stdout } = await run("/", ["ledger", "export", "--format", "csv", "--data", ledger.path]);
  const lines = stdout.split("\r\n");
  expect(lines[0]).toStartWith("position,at,request_id,");
  expect(lines.length).toBe(7);
  expect(lines[5]).toContain(`"'=cmd(""x""),y"`);
});

test("a directory without a ledger is an error that names the file", async () => {
  using directory = temporaryDirectory();
  const { code, stderr } = await run("/", ["ledger", "verify", "--data", directory.path]);
  expect(code).toBe(1);
  expect(stderr).toContain(`${directory.path}/state.db`);
});

test("the form of a hash never changes: ledgers outlive versions", () => {
  using ledger = writtenLedger();
  const reader = readLedger(ledger.path);
  const [first] = [...reader.rows()];
  reader.close();
  const row = { ...first!, windows: "[7]" };
  expect(Buffer.from(ledgerHash(new Uint8Array(32), row)).toString("hex")).toBe(
    "d0e2f4683556a80333a49ead4b3c4b10bd3649b7093646318f65b3b1044dc0ac",
  );
});

/** `evergate ledger`: is the usage ledger whole, and what is in it. Works beside a running server and without one. */
import { type Command, Option } from "commander";
import { STORE_PATH } from "../config/defaults.ts";
import { StoreOpenError } from "../store/sqlite/open-error.ts";
import { type LedgerReader, readLedger } from "../store/sqlite/read-ledger.ts";
import { exportRow, FORMATS, type LedgerFormat } from "./ledger-export.ts";
import { verifyLedger } from "./ledger-verify.ts";

interface Flags {
  data: string;
  format: LedgerFormat;
}

/** Rows are written in pieces of about this size: a ledger may be larger than memory. */
const CHUNK_CHARACTERS = 64 * 1024;

export function ledger(program: Command): void {
  const group = program.command("ledger").description("check or export the usage ledger");
  const data = () => new Option("--data <directory>", "data directory of the server").default(STORE_PATH);
  group
    .command("verify")
    .description("check the hash chain and the totals; exit with 1 and the first broken row")
    .addOption(data())
    .allowExcessArguments(false)
    .action(({ data: directory }: Flags) => withLedger(directory, verify));
  group
    .command("export")
    .description("write a row per attempt that cost money to standard output, oldest first")
    .addOption(new Option("--format <format>", "of the rows").choices(FORMATS).default("jsonl"))
    .addOption(data())
    .allowExcessArguments(false)
    .action(({ data: directory, format }: Flags) => withLedger(directory, (reader) => exportAll(reader, format)));
}

async function withLedger(directory: string, use: (reader: LedgerReader) => void | Promise<void>): Promise<void> {
  let reader: LedgerReader;
  try {
    reader = readLedger(directory);
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  try {
    await use(reader);
  } finally {
    reader.close();
  }
}

function verify(reader: LedgerReader): void {
  const { fault, text } = verifyLedger(reader);
  if (fault) process.exitCode = 1;
  (fault ? process.stderr : process.stdout).write(`${text}\n`);
}

async function exportAll(reader: LedgerReader, format: LedgerFormat): Promise<void> {
  const write = (text: string) =>
    new Promise<void>((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    });
  const { header, line } = exportRow(format);
  let chunk = header;
  try {
    for (const row of reader.rows()) {
      chunk += line(row);
      if (chunk.length < CHUNK_CHARACTERS) continue;
      await write(chunk);
      chunk = "";
    }
    if (chunk !== "") await write(chunk);
  } catch (error) {
    // `| head` has seen enough.
    if ((error as { code?: unknown }).code !== "EPIPE") throw error;
  }
}

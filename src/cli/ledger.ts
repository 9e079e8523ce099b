/** `evergate ledger`: is the usage ledger whole, and what is in it. Works beside a running server and without one. */
import { type Command, Option } from "commander";
import { StoreOpenError } from "../store/sqlite/open-error.ts";
import { type LedgerReader, readLedger } from "../store/sqlite/read-ledger.ts";
import { exportRow, FORMATS, type LedgerFormat } from "./ledger-export.ts";
import { verifyLedger } from "./ledger-verify.ts";
import { type OfflineFlags, offlineConfig } from "./offline-config.ts";
import { StartError } from "./start-error.ts";

interface Flags extends Pick<OfflineFlags, "config" | "data"> {
  format: LedgerFormat;
}

/** Rows are written in pieces of about this size: a ledger may be larger than memory. */
const CHUNK_CHARACTERS = 64 * 1024;

export function ledger(program: Command): void {
  const group = program.command("ledger").description("check or export the usage ledger");
  const command = (name: string, description: string) =>
    group
      .command(name)
      .description(description)
      .option("-c, --config <file>", "configuration file")
      .option("--data <directory>", "data directory of the server, over store.path")
      .allowExcessArguments(false);
  command("verify", "check the hash chain and the totals; exit with 1 and the first broken row").action(
    (flags: Flags) => withLedger(flags, verify),
  );
  command("export", "write a row per attempt that cost money to standard output, oldest first")
    .addOption(new Option("--format <format>", "of the rows").choices(FORMATS).default("jsonl"))
    .action((flags: Flags) => withLedger(flags, (reader) => exportAll(reader, flags.format)));
}

async function withLedger(flags: Flags, use: (reader: LedgerReader) => void | Promise<void>): Promise<void> {
  let reader: LedgerReader;
  try {
    // Named, it needs no configuration: the ledger of a copy can be checked anywhere.
    reader = readLedger(flags.data ?? (await offlineConfig(flags)).store.path);
  } catch (error) {
    if (!(error instanceof StoreOpenError) && !(error instanceof StartError)) throw error;
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

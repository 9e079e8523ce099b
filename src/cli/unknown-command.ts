/** Commands that are none, and commands of the contract that this version does not have yet. */
import type { Command } from "commander";
import { nearest } from "../config/nearest.ts";

/** Named by the reference, built later. A row goes when its command comes. */
const NOT_YET = ["ledger", "import", "bench"];

/** Ends the process with 2 for an unknown command, with 1 for one that is not in this version. */
export function refuseUnknownCommand(program: Command, first: string | undefined): void {
  if (first === undefined || first.startsWith("-") || first === "help") return;
  const names = program.commands.map((command) => command.name());
  if (names.includes(first)) return;
  if (NOT_YET.includes(first)) {
    process.stderr.write(`evergate ${first}: not in this version.\n`);
    process.exit(1);
  }
  const close = nearest(first, names);
  const hint = close ? ` Did you mean "${close}"?` : "";
  process.stderr.write(`error: unknown command "${first}".${hint}\n(evergate --help lists what there is)\n`);
  process.exit(2);
}

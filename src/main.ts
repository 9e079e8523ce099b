/** The command line: one file a command under `cli/`. Exit codes: 0 ok, 1 failed, 2 wrong usage. */
import { Command } from "commander";
import { check } from "./cli/check.ts";
import { demo } from "./cli/demo.ts";
import { doctor } from "./cli/doctor.ts";
import { drill } from "./cli/drill.ts";
import { healthcheck } from "./cli/healthcheck.ts";
import { init } from "./cli/init.ts";
import { keys } from "./cli/keys.ts";
import { ledger } from "./cli/ledger.ts";
import { serve } from "./cli/serve.ts";
import { refuseUnknownCommand } from "./cli/unknown-command.ts";
import { VERSION } from "./cli/version.ts";

// A reader that has seen enough (`evergate check | head`) is no failure of ours.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(0));

const program = new Command("evergate")
  .description("An LLM gateway that stays up when its providers do not.")
  .version(VERSION)
  .showSuggestionAfterError()
  .showHelpAfterError("(evergate --help lists what there is)")
  .exitOverride((error) => {
    // Help and version were asked for; everything else commander refuses is wrong usage.
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

for (const register of [serve, check, init, demo, doctor, drill, healthcheck, keys, ledger]) register(program);
for (const command of program.commands) command.copyInheritedSettings(program).allowExcessArguments(false);

refuseUnknownCommand(program, process.argv[2]);
await program.parseAsync();

/** `evergate check`: says everything that is wrong with a configuration, without starting anything. */
import type { Command } from "commander";
import { describeBare } from "../config/bare.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { faultLine } from "./start-error.ts";

export function check(program: Command): void {
  program
    .command("check")
    .description("validate a configuration")
    .option("--config <file>", "configuration file (default: gateway.config.{ts,js,json,yaml} in this directory)")
    .action(async (options: { config?: string }) => {
      process.exitCode = await runCheck({ file: options.config, directory: process.cwd() });
    });
}

async function runCheck({ file: named, directory }: { file?: string; directory: string }): Promise<number> {
  const loaded = await loadConfig({ file: named, directory, environment: process.env, fetch });
  const { config, faults, warnings, notes } = loaded;
  for (const fault of faults) process.stderr.write(`${faultLine(fault)}\n`);
  for (const warning of warnings) process.stderr.write(`warning: ${faultLine(warning)}\n`);
  for (const note of notes) process.stderr.write(`note: ${note}\n`);
  const name = named ?? loaded.file ?? "the environment (no configuration file)";
  if (!config) {
    process.stderr.write(`${name}: ${faults.length} ${faults.length === 1 ? "fault" : "faults"}\n`);
    return 1;
  }
  const map = config.bareRoutes ? describeBare(config.bareRoutes) : [];
  process.stdout.write([`${name}: no fault. ${summary(config)}\n`, ...map.map((line) => `  ${line}\n`)].join(""));
  return 0;
}

function summary({ providers, models, access }: Config): string {
  const counts = [
    [providers.length, "provider"],
    [models.length, "model"],
    [access.keys.length, "virtual key"],
  ] as const;
  return `${counts.map(([count, noun]) => `${count} ${noun}${count === 1 ? "" : "s"}`).join(", ")}.`;
}

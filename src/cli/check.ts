/** `evergate check`: says everything that is wrong with a configuration, without starting anything. */
import type { Command } from "commander";
import type { Deps } from "../canonical/deps.ts";
import { describeBare } from "../config/bare.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { createManagers } from "../config/managers/managers.ts";
import { realDeps } from "./real-deps.ts";
import { faultLine } from "./start-error.ts";
import { readStoredRouting } from "./stored-routing.ts";

export function check(program: Command): void {
  program
    .command("check")
    .description("validate a configuration")
    .option("--config <file>", "configuration file (default: gateway.config.{ts,js,json,yaml} in this directory)")
    .option("--secrets", "read secrets of secrets managers too; without it their references are checked for their form")
    .action(async ({ config, secrets = false }: { config?: string; secrets?: boolean }) => {
      process.exitCode = await runCheck({ file: config, directory: process.cwd(), secrets });
    });
}

interface CheckOptions {
  file?: string;
  directory: string;
  secrets: boolean;
}

async function runCheck({ file: named, directory, secrets }: CheckOptions): Promise<number> {
  const environment = process.env;
  const deps = realDeps(() => {});
  const managers = secrets ? createManagers({ environment, ...deps }) : undefined;
  const loaded = await loadConfig({
    file: named,
    directory,
    environment,
    fetch: deps.fetch,
    ...(managers && { secrets: managers.fetch }),
  });
  managers?.close();
  const { config, faults, warnings, notes } = loaded;
  for (const fault of faults) process.stderr.write(`${faultLine(fault)}\n`);
  for (const warning of warnings) process.stderr.write(`warning: ${faultLine(warning)}\n`);
  if (!managers && loaded.managed.length > 0) notes.push(unread(loaded.managed.length));
  if (config) notes.push(...(await madeNotes(config, environment, deps)));
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

/** What was made by API can be shadowed by a file, or lose to it what it refers to; neither is a fault of the file. */
async function madeNotes(config: Config, environment: typeof process.env, deps: Deps): Promise<readonly string[]> {
  const made = await readStoredRouting(config, environment, deps);
  if (!made) return [];
  return "fault" in made ? [made.fault] : made.warnings;
}

function unread(count: number): string {
  const what = count === 1 ? "1 secret of a secrets manager was" : `${count} secrets of secrets managers were`;
  return `${what} not read; --secrets reads them.`;
}

function summary({ providers, models, access }: Config): string {
  const counts = [
    [providers.length, "provider"],
    [models.length, "model"],
    [access.keys.length, "virtual key"],
  ] as const;
  return `${counts.map(([count, noun]) => `${count} ${noun}${count === 1 ? "" : "s"}`).join(", ")}.`;
}

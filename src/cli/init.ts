/** `evergate init`: a first configuration from what the environment holds, and the types for an editor. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { SERVER_DEFAULTS } from "../config/defaults.ts";
import { probeLocal, SIMULATED_TYPE, zeroProviders } from "../config/zero.ts";
import { askInit } from "./init-questions.ts";
import { configTemplate, type InitAnswers } from "./init-template.ts";
import { typeDeclarations } from "./type-declarations.macro.ts" with { type: "macro" };

const CONFIG_FILE = "gateway.config.ts";
const TYPES_FILE = "evergate.d.ts";

export function init(program: Command): void {
  program
    .command("init")
    .description("write gateway.config.ts and evergate.d.ts from the keys found in the environment")
    .option("--yes", "take everything that is found, ask nothing")
    .option("--force", "overwrite existing files")
    .action(async (options: { yes?: boolean; force?: boolean }) => {
      process.exitCode = await runInit(process.cwd(), options);
    });
}

async function runInit(directory: string, { yes = false, force = false }): Promise<number> {
  const existing = [CONFIG_FILE, TYPES_FILE].filter((name) => existsSync(join(directory, name)));
  if (existing.length > 0 && !force) {
    process.stderr.write(
      `${existing.join(" and ")} exist${existing.length === 1 ? "s" : ""}; --force overwrites. Nothing was written.\n`,
    );
    return 1;
  }
  const found = await findAnswers();
  const asks = !yes && process.stdin.isTTY && process.stdout.isTTY;
  const answers = asks ? await askInit(found) : found;
  if (!answers) {
    process.stderr.write("Nothing was written.\n");
    return 1;
  }
  const texts = { [CONFIG_FILE]: configTemplate(answers), [TYPES_FILE]: typeDeclarations() };
  for (const [name, text] of Object.entries(texts)) {
    if (!write(join(directory, name), text, force)) return 1;
    process.stdout.write(`Wrote ${name}.\n`);
  }
  const names = Object.keys(answers.providers);
  process.stdout.write(
    names.length > 0
      ? `Providers: ${names.join(", ")}.\n`
      : "No provider key was found in the environment; the file shows where to put one.\n",
  );
  process.stdout.write("Next: evergate check, then evergate.\n");
  return 0;
}

async function findAnswers(): Promise<InitAnswers> {
  const local = await probeLocal(fetch, process.env);
  const zero = zeroProviders({ environment: process.env, local }, SERVER_DEFAULTS.port);
  for (const { path, message } of zero.faults) process.stderr.write(`${path}: ${message}\n`);
  for (const note of zero.notes) process.stderr.write(`note: ${note}\n`);
  const real = Object.entries(zero.providers).filter(([, { type }]) => type !== SIMULATED_TYPE);
  return { providers: Object.fromEntries(real), port: SERVER_DEFAULTS.port };
}

/** `wx` refuses a file that appeared since it was looked for. */
function write(path: string, text: string, force: boolean): boolean {
  try {
    writeFileSync(path, text, { flag: force ? "w" : "wx" });
    return true;
  } catch (error) {
    process.stderr.write(`${path} cannot be written (${(error as { code?: string }).code ?? "unknown error"}).\n`);
    return false;
  }
}

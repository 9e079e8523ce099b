/** `evergate keys`: virtual keys from the shell, beside a running server and without one. */
import type { Command } from "commander";
import type { JsonObject } from "../canonical/chat.ts";
import { GatewayError } from "../canonical/errors.ts";
import { type KeysBackend, openKeysBackend } from "./keys-backend.ts";
import { addCreateFlags, type CreateFlags, keyBody, wholeNumber } from "./keys-body.ts";
import { type OfflineFlags, offlineConfig } from "./offline-config.ts";
import { realClock } from "./real-deps.ts";
import { rotateMaster } from "./rotate-master.ts";
import { portNumber } from "./serve.ts";
import { StartError } from "./start-error.ts";
import { table } from "./table.ts";

interface CommonFlags extends OfflineFlags {
  json?: boolean;
}

export function keys(program: Command): void {
  const group = program.command("keys").description("virtual keys: make, list, revoke and rotate them");
  const command = (nameAndArguments: string, description: string) =>
    group
      .command(nameAndArguments)
      .description(description)
      .allowExcessArguments(false)
      .option("-c, --config <file>", "configuration file")
      .option("--data <directory>", "data directory, over store.path")
      .option("--host <address>", "address of a running server, over server.host")
      .option("--port <number>", "port of a running server, over server.port", portNumber)
      .option("--json", "print JSON");
  addCreateFlags(
    command("create [name]", "make a key and print it, this once").option("--name <name>", "its name"),
  ).action((named: string | undefined, flags: CommonFlags & CreateFlags & { name?: string }, self: Command) => {
    const name = named ?? flags.name;
    if (name === undefined) self.error("error: a key needs a name: evergate keys create NAME");
    return run(flags, async (backend) => printKey(await backend.create(keyBody(name, flags)), flags));
  });
  command("list", "all keys, those of the configuration file too").action((flags: CommonFlags) =>
    run(flags, async (backend) => printList(await backend.list(), flags)),
  );
  command("revoke <id-or-name>", "refuse a key from the next call on, for good").action(
    (key: string, flags: CommonFlags) =>
      run(flags, async (backend) => {
        await backend.revoke(key);
        process.stdout.write(flags.json ? `${JSON.stringify({ key, revoked: true })}\n` : `Revoked ${key}.\n`);
      }),
  );
  command("rotate <id-or-name>", "give a key a new secret and print it, this once")
    .option("--grace-ms <number>", "how long the old secret goes on working, in milliseconds", wholeNumber, 0)
    .action((key: string, flags: CommonFlags & { graceMs: number }) =>
      run(flags, async (backend) => printKey(await backend.rotate(key, flags.graceMs), flags)),
    );
  rotateMaster(group);
}

async function run(flags: CommonFlags, use: (backend: KeysBackend) => Promise<void>): Promise<void> {
  try {
    const config = await offlineConfig(flags);
    const adminToken = process.env["EVERGATE_ADMIN_TOKEN"] || (config.server.adminToken ?? undefined);
    const backend = await openKeysBackend({ config, clock: realClock, fetch, adminToken });
    try {
      await use(backend);
    } finally {
      await backend.close();
    }
  } catch (error) {
    if (!(error instanceof StartError) && !(error instanceof GatewayError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function printKey(key: JsonObject, { json }: CommonFlags): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(key)}\n`);
    return;
  }
  const rows = [
    ["name", shown(key["name"])],
    ["id", shown(key["id"])],
    ["key", shown(key["key"])],
  ];
  if (key["previous_valid_until"]) rows.push(["old key until", shown(key["previous_valid_until"])]);
  process.stdout.write(rows.map(([name, value]) => `${name!.padEnd(14)} ${value}\n`).join(""));
  process.stderr.write("The key is shown only now.\n");
}

function printList(keys: readonly JsonObject[], { json }: CommonFlags): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ data: keys, next: null })}\n`);
    return;
  }
  const rows = keys.map((key) =>
    [
      key["name"],
      key["prefix"],
      key["team"],
      key["customer"],
      (key["models"] as string[] | null)?.join(","),
      key["expires"],
      key["disabled"] ? "disabled" : "on",
      key["origin"],
      key["id"],
    ].map(shown),
  );
  const heading = ["NAME", "PREFIX", "TEAM", "CUSTOMER", "MODELS", "EXPIRES", "STATE", "FROM", "ID"];
  process.stdout.write(
    keys.length === 0 ? "There are no keys. Make one: evergate keys create NAME\n" : table(heading, rows),
  );
}

function shown(value: unknown): string {
  return value === null || value === undefined ? "-" : String(value);
}

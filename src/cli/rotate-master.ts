/** `evergate keys rotate-master`: everything that is sealed, under a new master key. */
import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import { createSeal } from "../store/seal.ts";
import { StoreOpenError } from "../store/sqlite/open-error.ts";
import { openSealedStore, type Resealed, type SealedStore } from "../store/sqlite/reseal.ts";
import {
  givenKey,
  KEY_VARIABLE,
  knownKey,
  makeNextKey,
  promoteKey,
  removeKeyFiles,
  removeNextKey,
} from "./master-key.ts";
import { StartError } from "./start-error.ts";

/** The new key, where the operator keeps it himself; without it one is made in the data directory. */
const NEW_VARIABLE = "EVERGATE_NEW_MASTER_KEY";

interface Flags {
  config?: string;
  data?: string;
  discard?: boolean;
}

export function rotateMaster(group: Command): void {
  group
    .command("rotate-master")
    .description(
      `re-encrypt what is stored under a new master key: ${NEW_VARIABLE}, else one made in the data directory`,
    )
    .allowExcessArguments(false)
    .option("-c, --config <file>", "configuration file")
    .option("--data <directory>", "data directory, over store.path")
    .option(
      "--discard",
      "the old key is lost: give up what only it opens (provider keys made by API, stored responses)",
    )
    .action(async (flags: Flags) => {
      try {
        process.stdout.write(`${rotate(await directoryOf(flags), process.env, flags.discard === true)}\n`);
      } catch (error) {
        if (!(error instanceof StartError)) throw error;
        process.stderr.write(`${error.message}\n`);
        process.exitCode = 1;
      }
    });
}

async function directoryOf({ config: file, data }: Flags): Promise<string> {
  const options = { file, directory: process.cwd(), environment: process.env, fetch, overrides: { dataPath: data } };
  const { config, faults } = await loadConfig(options);
  if (!config) throw StartError.ofFaults(faults);
  return config.store.path;
}

function rotate(directory: string, environment: NodeJS.ProcessEnv, discard: boolean): string {
  const store = openOrSay(directory);
  try {
    if (discard) refuseNeedless(store, directory, environment);
    const from = discard ? null : oldSeal(store, directory, environment);
    const given = givenKey(environment, NEW_VARIABLE);
    const key = given ?? makeNextKey(directory);
    if (from && Buffer.from(key).equals(Buffer.from(from.key)))
      throw new StartError(`${NEW_VARIABLE} is the key in use; nothing was changed.`);
    const done = resealed(store, directory, { from: from?.seal ?? null, to: createSeal(key) });
    if (given) removeKeyFiles(directory);
    else promoteKey(directory);
    const scrubbed = store.scrub() ? [] : [NOT_SCRUBBED];
    return [counted(done, discard), ...scrubbed, whatNext(directory, given !== undefined, environment)].join("\n");
  } finally {
    store.close();
  }
}

const NOT_SCRUBBED =
  "There was no room to write the database anew: unused parts of the file may still hold text under the old key.";

function openOrSay(directory: string): SealedStore {
  try {
    const store = openSealedStore(directory);
    if (store) return store;
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    if (!error.inUse) throw new StartError(error.message);
    throw new StartError(`A gateway is running on ${directory}: stop it first. Nothing was changed.`);
  }
  throw new StartError(`There is no data in ${directory} yet, so there is nothing to re-encrypt.`);
}

/** Throws StartError unless the key at hand is the one in use. */
function oldSeal(store: SealedStore, directory: string, environment: NodeJS.ProcessEnv) {
  const key = knownKey(environment, directory, store.proof);
  if (!key) {
    if (store.rows() > 0) throw lostKey(directory);
    return undefined;
  }
  const seal = createSeal(key);
  if (store.proof === null && store.rows() > 0 && !store.opensAny(seal)) throw lostKey(directory);
  return { key, seal };
}

/** Giving everything up is for those who have lost the key, not for those who mistyped a command. */
function refuseNeedless(store: SealedStore, directory: string, environment: NodeJS.ProcessEnv): void {
  const key = unlessWrong(() => oldSeal(store, directory, environment));
  if (key && store.rows() > 0)
    throw new StartError(
      "The key in use is here: rotate without --discard, and nothing is given up. Nothing was changed.",
    );
}

function unlessWrong<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof StartError) return undefined;
    throw error;
  }
}

function lostKey(directory: string): StartError {
  return new StartError(
    `The key that ${directory} is sealed with is not here: set ${KEY_VARIABLE}. Nothing was changed.`,
  );
}

/** What fails is rolled back, and the new key's file with it. */
function resealed(
  store: SealedStore,
  directory: string,
  { from, to }: Pick<Parameters<SealedStore["reseal"]>[0], "from" | "to">,
): Resealed {
  const audit = {
    atMs: Date.now(),
    actor: "cli",
    remoteAddress: null,
    action: "rotate",
    resource: "master key",
    resourceId: "master",
    name: null,
    before: null,
    after: null,
  } as const;
  try {
    return store.reseal({ from, to, audit, onProgress: progress() });
  } catch (error) {
    removeNextKey(directory);
    const { code } = error as { code?: unknown };
    const why = code === "SQLITE_FULL" ? "the disk is full" : (error as Error).message;
    throw new StartError(`Nothing was changed: ${why}.`);
  }
}

/** On a terminal one line that counts; elsewhere a line for every tenth, so that long work is seen in a log too. */
function progress(): (done: number, total: number) => void {
  let shownTenth = -1;
  return (done, total) => {
    const tenth = Math.floor((done * 10) / total);
    const text = `re-encrypting: ${done} of ${total}`;
    if (process.stderr.isTTY) process.stderr.write(`\r${text}${done === total ? "\n" : ""}`);
    else if (tenth > shownTenth) process.stderr.write(`${text}\n`);
    shownTenth = tenth;
  };
}

function counted({ rows, unread }: Resealed, discard: boolean): string {
  const things = (count: number) => `${count} sealed ${count === 1 ? "row" : "rows"}`;
  if (discard) return `Given up: ${things(unread)}. Providers made by API need their keys again.`;
  const rest = unread > 0 ? ` ${things(unread)} did not open with the old key and stay as they were.` : "";
  return `Re-encrypted ${things(rows)}.${rest}`;
}

function whatNext(directory: string, given: boolean, environment: NodeJS.ProcessEnv): string {
  if (given) return `Start the gateway with ${KEY_VARIABLE} set to the new key; ${NEW_VARIABLE} is no longer needed.`;
  const unset = environment[KEY_VARIABLE] ? ` Unset ${KEY_VARIABLE}, which still holds the old one.` : "";
  return `The new key is ${directory}/master.key.${unset} Back it up apart from the data.`;
}

/**
 * The key that seals what is stored: the operator's own, or one made on the first start in a file only he can read.
 * What it seals first is a known word, so that a wrong key is told at start instead of passing for lost answers.
 */
import { randomBytes, scryptSync } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import type { SettingsPort } from "../store/ports.ts";
import { createSeal, MASTER_KEY_BYTES, type Seal } from "../store/seal.ts";
import { opensProof, PROOF_SETTING, proofOf } from "../store/seal-proof.ts";
import { StartError } from "./start-error.ts";

export const KEY_VARIABLE = "EVERGATE_MASTER_KEY";
const FILE = "master.key";
/** A rotation has it in place before it begins, so that no moment of a crash leaves data without its key. */
const NEXT_FILE = "master.key.new";
const MIN_PASSPHRASE_CHARACTERS = 16;
/** A passphrase is stretched; the salt is fixed because the same phrase must give the same key on every node. */
const SALT = "evergate master key, version 1";

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws StartError for a variable or a file that is no key, and for one that is not the key of this directory. */
export async function openSeal(
  environment: Environment,
  directory: string,
  settings: Pick<SettingsPort, "get" | "setIfAbsent">,
): Promise<Seal> {
  const proof = await settings.get(PROOF_SETTING);
  const known = knownKey(environment, directory, proof);
  const seal = createSeal(known ?? makeKey(directory));
  if (proof === null) await settings.setIfAbsent(PROOF_SETTING, proofOf(seal));
  return seal;
}

/** The key in use, after ending what a rotation that was killed left behind. As `findKey`. */
export function knownKey(environment: Environment, directory: string, proof: string | null): Uint8Array | undefined {
  const found = findKey(environment, directory, proof);
  if (found?.place === "next file") promoteKey(directory);
  if (found?.place === "file") removeNextKey(directory);
  return found?.key;
}

interface FoundKey {
  key: Uint8Array;
  place: "variable" | "file" | "next file";
}

/**
 * The key in use, without making or changing one; undefined where there is none yet. Throws StartError where none opens
 * `proof`, which is null where nothing was ever sealed.
 */
export function findKey(environment: Environment, directory: string, proof: string | null): FoundKey | undefined {
  const given = givenKey(environment, KEY_VARIABLE);
  const [file, next] = [FILE, NEXT_FILE].map((name) => readKey(`${directory}/${name}`));
  const opens = (key: Uint8Array | undefined) =>
    key !== undefined && (proof === null || opensProof(createSeal(key), proof));
  if (given) {
    if (opens(given)) return { key: given, place: "variable" };
    const unset = opens(file) || opens(next) ? `The key in ${directory} does: unset the variable. ` : "";
    throw new StartError(`${wrong(KEY_VARIABLE, directory)} ${unset}${REMEDY}`);
  }
  if (file && opens(file)) return { key: file, place: "file" };
  if (next && opens(next)) return { key: next, place: "next file" };
  if (file) throw new StartError(`${wrong(`${directory}/${FILE}`, directory)} ${REMEDY}`);
  if (proof === null) return undefined;
  throw new StartError(
    `What is sealed in ${directory} has no key: ${FILE} is not there, nor is ${KEY_VARIABLE} set. ${REMEDY}`,
  );
}

function wrong(what: string, directory: string): string {
  return `${what} is not the master key that ${directory} is sealed with.`;
}

const REMEDY = `Set ${KEY_VARIABLE} to the right key, or put its file back; nothing was changed. Where the key is lost for good, \`evergate keys rotate-master --discard\` makes a new one and gives up what only the old one opens: provider keys made by API, stored responses.`;

/** Of a variable; undefined where it is not set. Throws StartError for what is no key. */
export function givenKey(environment: Environment, variable: string): Uint8Array | undefined {
  const given = environment[variable];
  return given === undefined || given === "" ? undefined : parseKey(given, variable);
}

/** A new key in its file, which `promoteKey` puts in the place of the old one. */
export function makeNextKey(directory: string): Uint8Array {
  return writeKey(`${directory}/${NEXT_FILE}`, "w");
}

export function promoteKey(directory: string): void {
  renameSync(`${directory}/${NEXT_FILE}`, `${directory}/${FILE}`);
}

/** When the operator keeps the key himself. */
export function removeKeyFiles(directory: string): void {
  for (const name of [FILE, NEXT_FILE]) rmSync(`${directory}/${name}`, { force: true });
}

export function removeNextKey(directory: string): void {
  rmSync(`${directory}/${NEXT_FILE}`, { force: true });
}

function makeKey(directory: string): Uint8Array {
  return writeKey(`${directory}/${FILE}`, "wx");
}

function writeKey(path: string, flag: "w" | "wx"): Uint8Array {
  const made = randomBytes(MASTER_KEY_BYTES);
  try {
    writeFileSync(path, `${made.toString("hex")}\n`, { mode: 0o600, flag, flush: true });
    chmodSync(path, 0o600);
    // What is sealed under a key must not outlive its file in a power cut: its name has to be on the disk too.
    const folder = openSync(dirname(path), "r");
    fsyncSync(folder);
    closeSync(folder);
    return made;
  } catch (error) {
    throw unusable(path, error);
  }
}

function readKey(path: string): Uint8Array | undefined {
  try {
    return existsSync(path) ? parseKey(readFileSync(path, "utf8").trim(), path) : undefined;
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): StartError {
  const code = (error as { code?: string }).code ?? "unknown error";
  return new StartError(`${path}: the master key cannot be read or written (${code}).`);
}

/** 64 hexadecimal digits, base64 of 32 bytes, or a passphrase. */
function parseKey(text: string, where: string): Uint8Array {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  const decoded = Buffer.from(text, "base64");
  if (decoded.byteLength === MASTER_KEY_BYTES && decoded.toString("base64") === text) return decoded;
  if (text.length >= MIN_PASSPHRASE_CHARACTERS) return scryptSync(text, SALT, MASTER_KEY_BYTES);
  throw new StartError(
    `${where}: a master key is 64 hexadecimal digits, base64 of ${MASTER_KEY_BYTES} bytes, or a passphrase of at least ${MIN_PASSPHRASE_CHARACTERS} characters.`,
  );
}

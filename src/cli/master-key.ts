/** The key that seals what is stored: the operator's own, or one made on the first start in a file only he can read. */

import { randomBytes, scryptSync } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { MASTER_KEY_BYTES } from "../store/seal.ts";
import { StartError } from "./start-error.ts";

const VARIABLE = "EVERGATE_MASTER_KEY";
const FILE = "master.key";
const MIN_PASSPHRASE_CHARACTERS = 16;
/** A passphrase is stretched; the salt is fixed because the same phrase must give the same key on every node. */
const SALT = "evergate master key, version 1";

/** 32 bytes. Throws StartError for a variable or a file that is no key. */
export function masterKey(
  environment: Readonly<Record<string, string | undefined>>,
  dataDirectory: string,
): Uint8Array {
  const given = environment[VARIABLE];
  if (given !== undefined && given !== "") return parseKey(given, VARIABLE);
  const path = `${dataDirectory}/${FILE}`;
  try {
    if (existsSync(path)) return parseKey(readFileSync(path, "utf8").trim(), path);
    const made = randomBytes(MASTER_KEY_BYTES);
    writeFileSync(path, `${made.toString("hex")}\n`, { mode: 0o600, flag: "wx" });
    chmodSync(path, 0o600);
    return made;
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      `${path}: the master key cannot be read or written (${(error as { code?: string }).code ?? "unknown error"}).`,
    );
  }
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

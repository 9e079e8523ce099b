import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PRIVATE_DIRECTORY = 0o700;
const READ_ONLY_CODE = 0o500;

/**
 * Writes a library that is embedded in the binary to `<directory>/<its SHA-256>/<name>`, once, and returns that path.
 * What is there already is used only if its bytes are the expected ones: a loaded library is code, so another user of
 * the machine must be able neither to plant one nor to change ours. Throws when the directory is not private.
 */
export function extractLibrary(bytes: Uint8Array, directory: string, name: string): string {
  const hash = sha256(bytes);
  makePrivate(directory);
  const home = join(directory, hash);
  makePrivate(home);
  const path = join(home, name);
  if (holds(path, hash)) return path;
  // Two processes may start at once: each writes a file of its own, and a rename replaces it whole.
  const partial = `${path}.${process.pid}.partial`;
  try {
    rmSync(partial, { force: true });
    writeFileSync(partial, bytes, { mode: READ_ONLY_CODE, flag: "wx" });
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  return path;
}

function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
  const found = lstatSync(directory);
  if (!found.isDirectory()) throw new Error(`${directory} is not a directory`);
  if (found.uid !== process.getuid?.()) throw new Error(`${directory} belongs to another user`);
  // The directory may be older than this rule, or the umask may have been odd.
  if ((found.mode & 0o777) !== PRIVATE_DIRECTORY) chmodSync(directory, PRIVATE_DIRECTORY);
}

function holds(path: string, hash: string): boolean {
  try {
    return lstatSync(path).isFile() && sha256(readFileSync(path)) === hash;
  } catch {
    return false;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * The secrets of a configuration, by their places. Variables and files are read here; what is in a secrets manager was
 * fetched before and is handed in. A fault names the place and the variable, file or reference, never the value.
 */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Fault } from "./fault.ts";
import type { SecretUse } from "./inspect.ts";
import {
  isManagerKind,
  MANAGERS,
  type ManagedRead,
  type ManagedUse,
  parseSecretName,
  readKey,
} from "./managers/reference.ts";
import { nearest } from "./nearest.ts";
import { printPath } from "./path.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SecretSources {
  environment: Environment;
  /** Directory that `file("path")` is relative to. */
  directory: string;
  /**
   * From secrets managers, by `readKey`. What is not in it was not asked for: its reference is checked for its form, and
   * its place stays empty.
   */
  managed?: ReadonlyMap<string, ManagedRead>;
}

/** Secrets by the printed path of their place. */
export interface Secrets {
  values: ReadonlyMap<string, string>;
  /** `env:NAME`, `file:PATH` or `literal`: what may be shown instead of the value. */
  shown: ReadonlyMap<string, string>;
  faults: Fault[];
  /** Literals in the file. */
  warnings: Fault[];
}

/** References to secrets managers among the secrets of a configuration, those of a wrong form left out. */
export function managedUses(uses: readonly SecretUse[]): ManagedUse[] {
  return uses.flatMap(({ path, value }) => {
    const { kind, name } = referenceOf(value) ?? { kind: "", name: "" };
    if (!isManagerKind(kind) || "fault" in parseSecretName(kind, name)) return [];
    return [{ place: printPath(path), kind, name }];
  });
}

export function readSecrets(uses: readonly SecretUse[], sources: SecretSources): Secrets {
  const values = new Map<string, string>();
  const shown = new Map<string, string>();
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  for (const { path, value, maybe } of uses) {
    const place = printPath(path);
    const reference = referenceOf(value);
    if (!reference) continue;
    shown.set(place, reference.kind === "literal" ? "literal" : `${reference.kind}:${reference.name}`);
    if (reference.kind === "literal" && !maybe) {
      warnings.push({
        path: place,
        message: 'is a literal secret; env("NAME") or file("path") keep it out of the file',
      });
    }
    const read = readReference(reference, sources);
    if ("fault" in read) faults.push({ path: place, message: read.fault, nearest: read.nearest });
    else if ("value" in read) values.set(place, read.value);
  }
  return { values, shown, faults, warnings };
}

interface Reference {
  kind: string;
  /** Of the variable or file; of a literal the value itself. */
  name: string;
}

/** Undefined for what the schema has already refused. */
function referenceOf(value: unknown): Reference | undefined {
  if (typeof value === "string") return value === "" ? undefined : { kind: "literal", name: value };
  if (typeof value !== "object" || value === null) return undefined;
  const [entry, ...more] = Object.entries(value);
  if (!entry || more.length > 0 || typeof entry[1] !== "string" || entry[1] === "") return undefined;
  return { kind: entry[0], name: entry[1] };
}

type Read = { value: string } | { fault: string; nearest?: string } | { isUnread: true };

function readReference({ kind, name }: Reference, sources: SecretSources): Read {
  if (isManagerKind(kind)) return readManaged({ kind, name }, sources);
  switch (kind) {
    case "literal":
      return checked(name, "the literal");
    case "env":
      return readVariable(name, sources.environment);
    case "file":
      return readSecretFile(name, sources.directory);
    default:
      return {
        fault: `"${kind}" is no kind of secret`,
        nearest: nearest(kind, ["env", "file", ...Object.keys(MANAGERS)]),
      };
  }
}

function readManaged(use: Pick<ManagedUse, "kind" | "name">, { managed }: SecretSources): Read {
  const parsed = parseSecretName(use.kind, use.name);
  const read = "fault" in parsed ? parsed : managed?.get(readKey(use));
  if (read === undefined) return { isUnread: true };
  return "fault" in read ? { fault: `${use.kind}(${JSON.stringify(use.name)}): ${read.fault}` } : read;
}

/** `NAME[1]` is the second of the comma-separated values in NAME. */
function readVariable(name: string, environment: Environment): Read {
  const [, list, index] = /^(.+)\[(\d{1,3})\]$/.exec(name) ?? [];
  const value = list === undefined ? environment[name] : commaSeparated(environment[list])[Number(index)];
  if (value === undefined) {
    // Only names like the wanted one are told, and those are names, not values.
    return { fault: `the environment variable ${name} is not set`, nearest: nearest(name, Object.keys(environment)) };
  }
  return checked(value.trim(), `the environment variable ${name}`);
}

export function commaSeparated(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** A service-account key is 2.4 KB; anything near this is not a secret but a mistake. */
const MAX_SECRET_BYTES = 65_536;

function readSecretFile(name: string, directory: string): Read {
  try {
    const path = resolve(directory, name);
    const stat = statSync(path);
    if (!stat.isFile()) return { fault: `${name} is not a file` };
    // The kernel's files (`/proc/kmsg`) say that they are empty, and reading one may wait without end.
    if (stat.size === 0) return { fault: `${name} is empty` };
    if (stat.size > MAX_SECRET_BYTES) return { fault: `${name} is larger than ${MAX_SECRET_BYTES} bytes` };
    return checked(readFileSync(path, "utf8").replace(/\r?\n$/, ""), name);
  } catch (error) {
    const code = (error as { code?: string }).code;
    return { fault: code === "ENOENT" ? `there is no file ${name}` : `the file ${name} cannot be read (${code})` };
  }
}

function checked(value: string, where: string): Read {
  if (value === "") return { fault: `${where} is empty` };
  return { value };
}

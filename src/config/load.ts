/** From a configuration file, or none, to the configuration in force or all that is wrong with it. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import type { Fetch } from "../canonical/deps.ts";
import type { Fault } from "./fault.ts";
import type { LoadAnswer } from "./load-worker.ts";
import type { SecretReader } from "./managers/reference.ts";
import { nearest } from "./nearest.ts";
import { readData } from "./read-data.ts";
import { readModule } from "./read-module.ts";
import { managedIn, type Resolution, type ResolveContext, resolveSettings } from "./resolve.ts";
import type { Environment } from "./secrets.ts";
import { type Local, probeLocal } from "./zero.ts";

export interface LoadOptions {
  /** As the operator named it, relative to `directory`; absent: the first of `CONFIG_NAMES` there, else none. */
  file?: string;
  /** Working directory, absolute. */
  directory: string;
  environment: Environment;
  /** Only for the question whether an Ollama runs here. */
  fetch: Fetch;
  /**
   * Reads secrets of secrets managers. Absent: their references are checked for their form alone, and the configuration
   * has nothing in their places. Good for looking at it, not for serving.
   */
  secrets?: SecretReader;
  overrides?: ResolveContext["overrides"];
  allowAbsentSecrets?: ResolveContext["allowAbsentSecrets"];
}

export interface Loaded extends Resolution {
  /** Absolute path; null without a file. */
  file: string | null;
  /** Absolute paths to watch: the file and its local imports. Where there is no file, those that would be one. */
  files: string[];
  /** The settings as they were written; absent where the file could not be read. */
  value?: unknown;
}

/** Looked for in this order. */
const CONFIG_NAMES = [
  "gateway.config.ts",
  "gateway.config.js",
  "gateway.config.json",
  "gateway.config.yaml",
  "gateway.config.yml",
] as const;

/** Never rejects: whatever is wrong is a fault that names the file. */
export async function loadConfig(options: LoadOptions): Promise<Loaded> {
  const { file: named, directory } = options;
  const candidates =
    named === undefined ? CONFIG_NAMES.filter((name) => existsSync(resolve(directory, name))) : [named];
  const [name, ...others] = candidates;
  const file = name === undefined ? null : resolve(directory, name);
  const answer = file === null ? { value: {}, faults: [], files: candidatesIn(directory) } : await readConfig(file);
  const { files } = answer;
  if (answer.faults.length > 0) {
    const faults = inFile(answer.faults, file, name);
    return { file, files, faults, warnings: [], notes: [], managed: [], secretAt: () => undefined };
  }
  const resolution = await resolveValue(answer.value, { ...options, file });
  const notes = others.map((other) => `${other} is not read: ${name} comes first.`);
  return {
    ...resolution,
    file,
    files,
    value: answer.value,
    faults: inFile(resolution.faults, file, name),
    warnings: inFile(resolution.warnings, file, name),
    notes: [...resolution.notes, ...notes],
  };
}

/** For values that are already at hand, such as those sent to `/admin/config/check`. */
export async function resolveValue(
  value: unknown,
  options: Omit<LoadOptions, "file"> & { file: string | null },
): Promise<Resolution> {
  const wantsLocal = typeof value === "object" && value !== null && !("providers" in value);
  const nothing: Local = { ollamaModels: null };
  const local = wantsLocal ? await probeLocal(options.fetch, options.environment) : nothing;
  const references = options.secrets ? managedIn(value) : [];
  const managed = options.secrets && references.length > 0 ? await options.secrets(references) : undefined;
  return resolveSettings(value, { ...options, local, managed });
}

const MODULES = new Set([".ts", ".mts", ".js", ".mjs"]);
const DATA = new Set([".json", ".yaml", ".yml"]);
/** A configuration of a thousand models is 200 kB. */
const MAX_FILE_BYTES = 4_194_304;

async function readConfig(file: string): Promise<LoadAnswer> {
  const failed = (message: string, near?: string): LoadAnswer => ({
    faults: [{ path: "", message, nearest: near }],
    files: [file],
  });
  try {
    const stat = statSync(file);
    if (!stat.isFile()) return failed("is not a file");
    if (stat.size > MAX_FILE_BYTES) return failed(`is larger than ${MAX_FILE_BYTES} bytes`);
    const type = extname(file);
    if (MODULES.has(type)) return await readModule(file);
    if (DATA.has(type)) return await readData(file, readFileSync(file, "utf8"));
    return failed(`must end in ${[...MODULES, ...DATA].join(", ")}`, nearest(type, [...MODULES, ...DATA]));
  } catch (error) {
    const code = (error as { code?: string }).code;
    return failed(code === "ENOENT" ? "does not exist" : `cannot be read (${code ?? "unknown error"})`);
  }
}

/** Faults that name no file of their own are in the configuration file; shown as the operator named it. */
function inFile(faults: readonly Fault[], file: string | null, name: string | undefined): Fault[] {
  if (file === null) return [...faults];
  return faults.map((fault) => ({
    ...fault,
    file: fault.file === undefined || fault.file === file ? name : fault.file,
  }));
}

function candidatesIn(directory: string): string[] {
  return CONFIG_NAMES.map((name) => resolve(directory, name));
}

/**
 * Runs a TypeScript or JavaScript configuration file in a thread of its own and hands back plain data. A thread,
 * because ESM caches every import for the life of its thread: a fresh one sees edited local imports, and one that
 * hangs can be ended. `evergate` is a virtual module, so that a file beside the binary can import it.
 */
import * as evergate from "./define.ts";
import type { Fault } from "./fault.ts";
import { toPlain } from "./plain.ts";
import { thrownFaults } from "./thrown.ts";

export interface LoadRequest {
  /** Absolute path. */
  file: string;
}

export interface LoadAnswer {
  /** Absent when there is any fault. */
  value?: unknown;
  faults: Fault[];
  /** Absolute paths of the file and its local imports, as far as they were reached. */
  files: string[];
}

declare const self: Worker;

Bun.plugin({
  name: "evergate",
  setup(build) {
    build.module("evergate", () => ({ exports: { ...evergate }, loader: "object" }));
  },
});

self.onmessage = async ({ data }: MessageEvent<LoadRequest>) => self.postMessage(await load(data.file));

async function load(file: string): Promise<LoadAnswer> {
  const before = new Set(Object.keys(require.cache));
  const answer = await run(file);
  const imported = Object.keys(require.cache).filter((path) => !before.has(path) && isLocal(path));
  const broken = answer.faults.flatMap((fault) => fault.file ?? []);
  return { ...answer, files: [...new Set([file, ...imported, ...broken])] };
}

async function run(file: string): Promise<{ value?: unknown; faults: Fault[] }> {
  let module: Record<string, unknown>;
  try {
    module = await import(file);
  } catch (thrown) {
    return { faults: thrownFaults(thrown, file) };
  }
  if (!("default" in module))
    return { faults: [{ path: "", message: "has no default export: export default defineConfig({ … })" }] };
  return toPlain(module["default"]);
}

/** Packages do not change while the gateway runs. */
function isLocal(path: string): boolean {
  return path.startsWith("/") && !path.includes("/node_modules/") && !path.startsWith("/$bunfs/");
}

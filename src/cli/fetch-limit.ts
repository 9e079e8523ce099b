/**
 * Bun's `fetch` sends at most 256 requests at once; only `BUN_CONFIG_MAX_HTTP_REQUESTS` in the environment at process
 * start lifts that (Bun 1.4.5, measured). So the server replaces itself once by `execve` with the variable set: same
 * process id, some 35 ms. Where that is not possible it says so and goes on with the lower limit.
 */
import { dlopen, FFIType, ptr } from "bun:ffi";

const VARIABLE = "BUN_CONFIG_MAX_HTTP_REQUESTS";
/** Bun's own upper bound for the setting (65,336). */
const MAX_REQUESTS_AT_ONCE = "65336";
const LIBRARIES: Partial<Record<NodeJS.Platform, string>> = { linux: "libc.so.6", darwin: "libSystem.B.dylib" };

/** Returns only when nothing was replaced: the limit is lifted already (undefined), or why it could not be. */
export function liftFetchLimit(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  if (environment[VARIABLE]) return undefined;
  const library = LIBRARIES[process.platform];
  if (!library) return `not supported on ${process.platform}`;
  try {
    const { symbols } = dlopen(library, {
      execve: { args: [FFIType.ptr, FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
    });
    const compiled = Bun.main.startsWith("/$bunfs/") || Bun.main.includes("~BUN");
    const argv = compiled ? [process.execPath, ...process.argv.slice(2)] : [process.execPath, ...process.argv.slice(1)];
    const variables = Object.entries({ ...environment, [VARIABLE]: MAX_REQUESTS_AT_ONCE });
    const path = cString(process.execPath);
    const argvPointers = pointers(argv.map(cString));
    const envPointers = pointers(
      variables.flatMap(([name, value]) => (value === undefined ? [] : [cString(`${name}=${value}`)])),
    );
    symbols.execve(ptr(path), ptr(argvPointers.array), ptr(envPointers.array));
    return `execve failed (${argvPointers.keep.length} arguments)`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function cString(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

/** A null-terminated array of C strings; `keep` holds them alive until the call. */
function pointers(strings: Uint8Array[]): { array: BigUint64Array; keep: Uint8Array[] } {
  const array = new BigUint64Array(strings.length + 1);
  for (const [index, text] of strings.entries()) array[index] = BigInt(ptr(text));
  return { array, keep: strings };
}

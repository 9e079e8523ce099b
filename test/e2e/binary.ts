import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { build } from "../../scripts/build.ts";

const ROOT = `${import.meta.dir}/../..`;
const BINARY = `${ROOT}/dist/evergate`;
const LOCK = `${ROOT}/dist/.building`;
const BUILD_LIMIT_MS = 120_000;

/** Everything that is in the binary. Folders count too: their time changes when a file in them is removed. */
const INPUTS = ["src/**/*", "src", "drizzle/**/*", "bun.lock", "package.json", "scripts/build.ts"];

/**
 * The path of a binary that is as new as the source, compiling it when it is not. Test files may run as processes of
 * their own: the first takes a lock and compiles, the others wait for it and find the binary fresh.
 */
export async function freshBinary(): Promise<string> {
  const deadline = Date.now() + BUILD_LIMIT_MS;
  while (!(await isFresh())) {
    if (await takeLock()) {
      try {
        const outfile = `${BINARY}.${process.pid}`;
        await build({ entry: `${ROOT}/src/main.ts`, outfile });
        // A rename leaves processes that still run the old binary alone.
        await rename(outfile, BINARY);
        return BINARY;
      } finally {
        await rm(LOCK, { recursive: true, force: true });
      }
    }
    if (Date.now() > deadline) throw new Error(`Another process holds ${LOCK} for more than ${BUILD_LIMIT_MS} ms.`);
    await Bun.sleep(50);
  }
  return BINARY;
}

async function isFresh(): Promise<boolean> {
  const builtMs = (await stat(BINARY).catch(() => undefined))?.mtimeMs;
  if (builtMs === undefined) return false;
  for (const pattern of INPUTS) {
    for await (const input of new Bun.Glob(pattern).scan({ cwd: ROOT, onlyFiles: false })) {
      if ((await stat(`${ROOT}/${input}`)).mtimeMs >= builtMs) return false;
    }
  }
  return true;
}

async function takeLock(): Promise<boolean> {
  await mkdir(`${ROOT}/dist`, { recursive: true });
  try {
    await mkdir(LOCK);
    await writeFile(`${LOCK}/pid`, String(process.pid));
    return true;
  } catch {
    const owner = Number(await readFile(`${LOCK}/pid`, "utf8").catch(() => "0"));
    if (owner > 0 && !isAlive(owner)) await rm(LOCK, { recursive: true, force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * `bun run build [--outfile FILE]`: the single binary. It carries Bun, the code, the workers, the dashboard and every
 * native library, and reads no code from the directory it is started in.
 */
import { rm } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { version } from "../package.json";

const ROOT = resolve(import.meta.dir, "..");

export interface BuildOptions {
  entry: string;
  outfile: string;
}

/** @throws an AggregateError with the bundler's messages when the code does not build. */
export async function build({
  entry,
  outfile,
}: BuildOptions): Promise<{ bytes: number; ms: number; workers: string[] }> {
  const startMs = performance.now();
  const root = dirname(entry);
  const workers = [...new Bun.Glob("**/{*-,}worker.ts").scanSync(root)].sort();
  const { outputs } = await Bun.build({
    entrypoints: [entry, ...workers.map((worker) => `${root}/${worker}`)],
    root,
    target: "bun",
    // Names stay: they are what a stack trace and a CPU profile of the binary are read by.
    minify: { whitespace: true, syntax: true, identifiers: false },
    sourcemap: "linked",
    define: {
      "process.env.NODE_ENV": JSON.stringify("production"),
      EVERGATE_VERSION: JSON.stringify(version + commit()),
    },
    compile: {
      outfile,
      // A bunfig.toml in the working directory could name a `preload`, which is code execution, and a .env there
      // would be a second, hidden configuration.
      autoloadBunfig: false,
      autoloadDotenv: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
  });
  // The binary holds its source maps; Bun leaves copies beside it.
  for (const { kind, path } of outputs) if (kind === "sourcemap") await rm(path, { force: true });
  return { bytes: Bun.file(outfile).size, ms: performance.now() - startMs, workers };
}

/** The commit as SemVer build metadata, such as `+1a2b3c4` or, with changes, `+1a2b3c4.dirty`; "" without a repository. */
function commit(): string {
  const git = Bun.which("git");
  if (!git) return "";
  const { exitCode, stdout } = Bun.spawnSync([git, "describe", "--always", "--exclude=*", "--dirty=.dirty"], {
    cwd: ROOT,
  });
  return exitCode === 0 ? `+${stdout.toString().trim()}` : "";
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { outfile: { type: "string", default: `${ROOT}/dist/evergate` } } });
  const outfile = resolve(values.outfile);
  const { bytes, ms, workers } = await build({ entry: `${ROOT}/src/main.ts`, outfile });
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(`${relative(process.cwd(), outfile)}  ${size}, ${workers.length} workers, ${(ms / 1_000).toFixed(1)} s`);
}

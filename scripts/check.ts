/** `bun run check`: formatting and lint, types, unused code, import ranks. All four run, whichever fails. */
const ROOT = `${import.meta.dir}/..`;
/** The tools' scripts start with `node`; Bun stands in for it, as on a machine which has only Bun. */
const RUN = [process.execPath, "--bun", "run", "--silent"];

/** A tree of generated files in the wrong place would otherwise scroll everything else away. */
const MAX_OUTPUT_LINES = 200;

const CHECKS: Record<string, string[]> = {
  biome: [...RUN, "biome", "check", "--error-on-warnings"],
  tsc: [...RUN, "tsc"],
  knip: [...RUN, "knip", "--no-progress"],
  architecture: [process.execPath, "test", "test/architecture", "--only-failures"],
};

/** Prints one line a check, with the whole output of those that fail. Returns the names of the failed ones. */
export async function runChecks(): Promise<string[]> {
  const failed: string[] = [];
  for (const [name, command] of Object.entries(CHECKS)) {
    const startMs = performance.now();
    const { exitCode, output } = await run(command);
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    console.log(`${exitCode === 0 ? "ok    " : "FAILED"} ${name.padEnd(13)} ${seconds} s`);
    if (exitCode === 0) continue;
    failed.push(name);
    const lines = output.trim().split("\n");
    console.log(lines.slice(0, MAX_OUTPUT_LINES).join("\n"));
    if (lines.length > MAX_OUTPUT_LINES) console.log(`… and ${lines.length - MAX_OUTPUT_LINES} more lines`);
    console.log();
  }
  return failed;
}

async function run(command: string[]): Promise<{ exitCode: number; output: string }> {
  const child = Bun.spawn(command, { cwd: ROOT, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exitCode: await child.exited, output: stdout + stderr };
}

if (import.meta.main) {
  const failed = await runChecks();
  if (failed.length > 0) console.log(`check failed: ${failed.join(", ")}`);
  process.exit(failed.length > 0 ? 1 : 0);
}

/**
 * `bun run test [paths…]`: every check, then every test. Ends with the line `N passed, N failed[, N skipped]`, the sum
 * of `bun test`'s own totals; a failed check counts as one failure. With CI set, a skipped test fails the run: there
 * every program that tests need is installed, so a skip would be a test that nobody runs.
 */
import { runChecks } from "./check.ts";
import { parseTotals, skippedTests } from "./test-output.ts";

/** For a test that names none: long enough for a busy machine, short enough to end a hang. */
const TEST_TIMEOUT_MS = 30_000;

const failedChecks = await runChecks();
const { exitCode, output } = await runTests(process.argv.slice(2));
const totals = parseTotals(output);
const skips = skippedTests(output);
const skipsForbidden = !!process.env["CI"] && process.env["CI"] !== "false";

if (skips.length > 0) console.log(`\nSkipped:\n${skips.map((name) => `  ${name}`).join("\n")}`);
if (skipsForbidden && totals.skipped > 0) console.log("Skipped tests fail the run where CI is set.");
if (failedChecks.length > 0) console.log(`\nFailed checks: ${failedChecks.join(", ")}`);
if (!totals.complete) console.log("\nbun test ended without its totals: it crashed or was stopped.");

// A run that broke outside of any test must not read as one without failures.
const unexplained = exitCode !== 0 && totals.failed === 0 ? 1 : 0;
const failed = totals.failed + failedChecks.length + unexplained;
console.log(`\n${totals.passed} passed, ${failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ""}`);
process.exit(failed > 0 || (skipsForbidden && totals.skipped > 0) ? 1 : 0);

async function runTests(paths: string[]): Promise<{ exitCode: number; output: string }> {
  // A run that is cut short takes the gateways with it that its tests had started.
  const command = [process.execPath, "test", "--no-orphans", `--timeout=${TEST_TIMEOUT_MS}`, ...paths];
  const child = Bun.spawn(command, {
    cwd: `${import.meta.dir}/..`,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
  });
  const decoder = new TextDecoder();
  let output = "";
  let pendingLine = "";
  for await (const chunk of child.stderr) {
    const text = decoder.decode(chunk, { stream: true });
    output += text;
    const lines = (pendingLine + text).split("\n");
    pendingLine = lines.pop() ?? "";
    // Thousands of passing lines would bury the failing ones.
    for (const line of lines) if (!line.startsWith("(pass)") && !line.startsWith("(skip)")) console.log(line);
  }
  if (pendingLine) console.log(pendingLine);
  return { exitCode: await child.exited, output };
}

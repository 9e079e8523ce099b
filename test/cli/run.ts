import { join } from "node:path";

const MAIN = join(import.meta.dir, "../../src/main.ts");

/** Runs the command line in a directory, with nothing in the environment but what is given. */
export async function run(directory: string, args: readonly string[], environment: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, MAIN, ...args], {
    cwd: directory,
    // Nobody listens there: what runs on this machine is no part of the test.
    env: { PATH: process.env["PATH"] ?? "", OLLAMA_BASE_URL: "http://127.0.0.1:9", ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, stdout, stderr };
}

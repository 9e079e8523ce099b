/**
 * `bun scripts/slow/python-sdks.ts`: the official SDKs for Python at the compiled binary, over a native and two foreign
 * providers each, and the Python lines of docs/clients.md. A line a check, then `N passed, N failed`; exit code 1 on
 * any failure. The SDKs come from PyPI, as pip is configured on the machine, into an environment that is made once for
 * a list of versions and kept below node_modules.
 */
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import type { SimulatedFault } from "../../src/providers/simulated/faults.ts";
import { PROVIDER_NAMES, startWorld, type World } from "../../test/e2e/sdks/world.ts";

const ROOT = `${import.meta.dir}/../..`;
const FOLDER = `${import.meta.dir}/python`;
const REQUIREMENTS = `${FOLDER}/requirements.txt`;
const INSTALL_LIMIT_MS = 600_000;
const RUN_LIMIT_MS = 600_000;

const python = await environment();
await using world = await startWorld(["words", "json", "slow"]);
using control = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => answer(world, request) });
const env = {
  PATH: "/usr/bin:/bin",
  EVERGATE_URL: world.reach.url,
  EVERGATE_KEY: world.reach.key,
  CONTROL_URL: `http://127.0.0.1:${control.port}`,
  PYTHONDONTWRITEBYTECODE: "1",
  // Tracing to another company's service is LangChain's habit, not this test's.
  LANGSMITH_TRACING: "false",
};
const checks = await run([python, `${FOLDER}/run.py`], env, RUN_LIMIT_MS);
const totals = /^(\d+) passed, (\d+) failed$/m.exec(checks.output);
const documented = await run([python, "-c", await pythonLines()], env, RUN_LIMIT_MS);
console.log(`${documented.exitCode === 0 ? "ok  " : "FAIL"}  the lines for Python of docs/clients.md`);
// A run that ended without its totals is a failure of its own.
const passed = Number(totals?.[1] ?? 0) + (documented.exitCode === 0 ? 1 : 0);
const failed = Number(totals?.[2] ?? 1) + (documented.exitCode === 0 ? 0 : 1);
console.log(`${passed} passed, ${failed} failed`);
// Not an exit at once: what was started has to end first.
process.exitCode = failed > 0 ? 1 : 0;

/** One program, as a reader would put it together. */
async function pythonLines(): Promise<string> {
  const text = await Bun.file(`${ROOT}/docs/clients.md`).text();
  const blocks = [...text.matchAll(/^```python\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
  if (blocks.length === 0) throw new Error("docs/clients.md has no lines for Python.");
  return blocks.join("\n");
}

/** The interpreter that has the SDKs: made on first use, and again when the list changes. */
async function environment(): Promise<string> {
  const list = await Bun.file(REQUIREMENTS).text();
  const version = await run(["python3", "--version"], process.env, INSTALL_LIMIT_MS, true).catch(() => undefined);
  if (version?.exitCode !== 0)
    throw new Error("This suite needs python3 with its venv module (Debian: apt-get install python3-venv).");
  const name = Bun.hash(list + version.output).toString(36);
  const folder = `${ROOT}/node_modules/.cache/evergate-python/${name}`;
  const interpreter = `${folder}/bin/python`;
  if (existsSync(`${folder}/complete`)) return interpreter;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const made = await run(["python3", "-m", "venv", folder], process.env, INSTALL_LIMIT_MS);
  if (made.exitCode !== 0)
    throw new Error("python3 -m venv failed: its module may be missing (Debian: apt-get install python3-venv).");
  const pip = [interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS];
  if ((await run(pip, process.env, INSTALL_LIMIT_MS)).exitCode !== 0)
    throw new Error("pip could not install the SDKs; it needs a registry that has PyPI's packages.");
  await Bun.write(`${folder}/complete`, list);
  return interpreter;
}

/** Prints what the command prints, unless `quiet`. */
async function run(
  command: string[],
  environment: Record<string, string | undefined>,
  timeout: number,
  quiet = false,
): Promise<{ exitCode: number; output: string }> {
  const child = Bun.spawn(command, { env: environment, stdout: "pipe", stderr: "inherit", timeout });
  const decoder = new TextDecoder();
  let output = "";
  for await (const chunk of child.stdout) {
    const text = decoder.decode(chunk, { stream: true });
    output += text;
    if (!quiet) process.stdout.write(text);
  }
  return { exitCode: await child.exited, output };
}

/** The simulated providers live in this process: the other one asks for their state, and sets their faults, here. */
async function answer(world: World, request: Request): Promise<Response> {
  const [what, model = ""] = new URL(request.url).pathname.slice(1).split("/");
  const [manner, provider] = model.split("-");
  const name = PROVIDER_NAMES.find((one) => one === provider);
  if (!name || (manner !== "words" && manner !== "json" && manner !== "slow"))
    return Response.json({ error: `no provider ${model}` }, { status: 404 });
  const server = world.upstreamOf(manner, name);
  switch (what) {
    case "faults":
      server.setFaults((await request.json()) as SimulatedFault);
      return Response.json(null);
    case "count":
      return Response.json(server.requests.length);
    case "last":
      return Response.json(Buffer.from(server.requests.at(-1)?.body ?? []).toString());
    case "open": {
      const states = await Promise.all(
        server.requests.map(({ closed }) => Promise.race([closed, Promise.resolve("open")])),
      );
      return Response.json(states.filter((state) => state === "open").length);
    }
    default:
      return Response.json({ error: `no such question: ${what}` }, { status: 404 });
  }
}

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { build } from "../../scripts/build.ts";

const MAIN = `
declare const EVERGATE_VERSION: string;
const worker = new Worker(new URL("./part/echo-worker.ts", import.meta.url));
worker.onmessage = ({ data }) => {
  const trace = fail();
  console.log(JSON.stringify({ data, version: EVERGATE_VERSION, secret: process.env.SECRET, trace }));
  process.exit(0);
};
worker.postMessage("hello");
function fail(): string {
  try { throw new Error("x"); } catch (error) { return (error as Error).stack ?? ""; }
}
`;
const WORKER = `self.onmessage = ({ data }) => postMessage(data + " from the worker");`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(`${tmpdir()}/evergate-build-`);
  await Bun.write(`${directory}/src/main.ts`, MAIN);
  await Bun.write(`${directory}/src/part/echo-worker.ts`, WORKER);
  await Bun.write(`${directory}/cwd/bunfig.toml`, `preload = ["./evil.ts"]`);
  await Bun.write(`${directory}/cwd/evil.ts`, `console.log("preloaded");`);
  await Bun.write(`${directory}/cwd/.env`, "SECRET=from-dotenv");
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function run(binary: string): Promise<string> {
  const child = Bun.spawn([binary], { cwd: `${directory}/cwd`, env: {}, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return stdout + stderr;
}

test("the binary runs its workers, knows its version and reads no code or settings from its directory", async () => {
  const outfile = `${directory}/built`;
  const { bytes, workers } = await build({ entry: `${directory}/src/main.ts`, outfile });
  expect(bytes).toBeGreaterThan(50e6);
  expect(workers).toEqual(["part/echo-worker.ts"]);
  expect([...new Bun.Glob("*.map").scanSync(directory)]).toEqual([]);

  const output = await run(outfile);
  expect(output).not.toContain("preloaded");
  const seen = JSON.parse(output);
  expect(seen).toMatchObject({
    data: "hello from the worker",
    version: expect.stringMatching(/^\d+\.\d+\.\d+(?:\+[0-9a-f]{7,}(?:\.dirty)?)?$/),
  });
  expect(seen.secret).toBeUndefined();
  // A stack trace names the source's file and line, so the source map is inside.
  expect(seen.trace).toContain("main.ts:11");
}, 60_000);

test("the same code built without these settings would have run what lies in its directory", async () => {
  const outfile = `${directory}/naive`;
  const compile = [process.execPath, "build", "--compile", `${directory}/src/main.ts`, "--outfile", outfile];
  expect(Bun.spawnSync(compile, { stdout: "ignore" }).exitCode).toBe(0);
  expect(await run(outfile)).toContain("preloaded");
}, 60_000);

test("code that does not build is an error", async () => {
  await Bun.write(`${directory}/broken/main.ts`, `import "./absent.ts";`);
  const outcome = build({ entry: `${directory}/broken/main.ts`, outfile: `${directory}/broken/out` });
  await expect(outcome).rejects.toThrow();
});

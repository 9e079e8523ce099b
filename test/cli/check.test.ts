import { expect, test } from "bun:test";
import { temporaryDirectory } from "../config/support.ts";
import { run } from "./run.ts";

const BROKEN = `export default {
  providers: { openai: { type: "openai", keys: [{ env: "UNSET" }] } },
  models: { fast: ["openai/a", "opnai/b"] },
};`;

test("every fault is told with file, place and nearest name; the exit code is 1", async () => {
  using directory = temporaryDirectory();
  directory.write("gateway.config.ts", BROKEN);
  const { code, stdout, stderr } = await run(directory.path, ["check"]);
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain("gateway.config.ts models.fast[1]: ");
  expect(stderr).toContain('"openai/b"');
  expect(stderr).toContain("providers.openai.keys[0]: the environment variable UNSET is not set");
  expect(stderr).toContain("gateway.config.ts: 2 faults\n");
});

test("a file that throws tells its line and no stack", async () => {
  using directory = temporaryDirectory();
  directory.write("it.ts", "\nthrow new Error('boom');");
  const { code, stderr } = await run(directory.path, ["check", "--config", "it.ts"]);
  expect(code).toBe(1);
  expect(stderr).toStartWith("it.ts:2: boom\n");
  expect(stderr).not.toContain(" at ");
});

test("a right file says so, without its secrets", async () => {
  using directory = temporaryDirectory();
  directory.write("it.yaml", "providers: { a: { type: openai, keys: [sk-canary] } }\nmodels: { fast: [a/b] }");
  const { code, stdout, stderr } = await run(directory.path, ["check", "--config", "it.yaml"]);
  expect(code).toBe(0);
  expect(stdout).toBe("it.yaml: no fault. 1 provider, 1 model, 0 virtual keys.\n");
  expect(stderr).toStartWith("warning: it.yaml providers.a.keys[0]: is a literal secret");
  expect(stdout + stderr).not.toContain("canary");
});

test("without a file the environment is judged, and the map of bare names shown", async () => {
  using directory = temporaryDirectory();
  const { code, stdout } = await run(directory.path, ["check"], { OPENAI_API_KEY: "sk-1", ANTHROPIC_API_KEY: "sk-2" });
  expect(code).toBe(0);
  expect(stdout).toContain("no configuration file");
  expect(stdout).toContain("  gpt-4o → openai/gpt-4o, then anthropic/claude-sonnet-4-5\n");
});

test.each([
  [["check", "--confg", "x"], 2],
  [["check", "--config"], 2],
  [["check", "it.ts"], 2],
  [["check", "--config", "nope.ts"], 1],
  [["check", "--help"], 0],
  [["init", "--froce"], 2],
] as const)("%p exits with %d", async (args, code) => {
  using directory = temporaryDirectory();
  expect((await run(directory.path, args)).code).toBe(code);
});

import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../config/support.ts";
import { run } from "./run.ts";

const TSC = join(import.meta.dir, "../../node_modules/.bin/tsc");
const read = (directory: string, name: string) => readFileSync(join(directory, name), "utf8");

test.each<[string, Record<string, string>]>([
  ["no key", {}],
  [
    "keys, a pool and an address",
    {
      OPENAI_API_KEY: "sk-canary-1,sk-canary-2",
      ANTHROPIC_API_KEY: "sk-canary-3",
      ANTHROPIC_BASE_URL: "http://127.0.0.1:9",
    },
  ],
  ["azure", { AZURE_OPENAI_API_KEY: "sk-canary", AZURE_OPENAI_ENDPOINT: "https://x.openai.azure.com" }],
])("with %s in the environment it writes a configuration that is right as it is", async (_what, environment) => {
  using directory = temporaryDirectory();
  const { code, stdout } = await run(directory.path, ["init"], environment);
  expect(code).toBe(0);
  expect(stdout).toContain("Wrote gateway.config.ts.\nWrote evergate.d.ts.\n");
  expect(read(directory.path, "gateway.config.ts")).not.toContain("canary");
  const checked = await run(directory.path, ["check"], environment);
  expect(checked.code, checked.stderr).toBe(0);
  expect(checked.stderr).not.toContain("warning");
});

test("what is found is in the file, keys by the name of their variable", async () => {
  using directory = temporaryDirectory();
  await run(directory.path, ["init", "--yes"], { OPENAI_API_KEY: "sk-1,sk-2", GROQ_API_KEY: "k" });
  const text = read(directory.path, "gateway.config.ts");
  expect(text).toContain(`openai: { type: "openai", keys: [env("OPENAI_API_KEY[0]"), env("OPENAI_API_KEY[1]")] },`);
  expect(text).toContain(`groq: { type: "groq", keys: [env("GROQ_API_KEY")] },`);
});

test.each([["gateway.config.ts"], ["evergate.d.ts"]])(
  "an existing %s is overwritten with --force alone",
  async (name) => {
    using directory = temporaryDirectory();
    directory.write(name, "mine");
    const refused = await run(directory.path, ["init", "--yes"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`${name} exists; --force overwrites`);
    expect(read(directory.path, name)).toBe("mine");
    expect([
      existsSync(join(directory.path, "gateway.config.ts")),
      existsSync(join(directory.path, "evergate.d.ts")),
    ]).toContain(false);
    expect((await run(directory.path, ["init", "--yes", "--force"])).code).toBe(0);
    expect(read(directory.path, name)).not.toBe("mine");
  },
);

test("beside a binary the written types judge the file as the compiler does in the repository", async () => {
  using directory = temporaryDirectory();
  await run(directory.path, ["init"], { OPENAI_API_KEY: "sk-1" });
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    module: "preserve",
    target: "esnext",
    lib: ["esnext"],
    types: [],
  };
  directory.write("tsconfig.json", JSON.stringify({ compilerOptions: options, include: ["gateway.config.ts"] }));
  const compile = () =>
    Bun.spawnSync([process.execPath, "--bun", TSC, "-p", "."], { cwd: directory.path }).stdout.toString();
  expect(compile()).toBe("");
  directory.write("gateway.config.ts", read(directory.path, "gateway.config.ts").replace("port: 4000", "prt: 4000"));
  expect(compile()).toContain("Did you mean to write 'port'?");
});

import { expect, test } from "bun:test";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { readModule } from "../../src/config/read-module.ts";
import { nothingLocal, temporaryDirectory } from "./support.ts";

const load = (directory: string, file?: string) =>
  loadConfig({ file, directory, environment: { KEY: "sk-kkkk" }, fetch: nothingLocal });

const LOCAL = `export const port = 4242;\n`;

test.each([
  ["throws", `import { port } from "./local.ts";\n\nthrow new Error("boom " + port);`, "boom 4242", 3],
  ["throws a type error", `const a = JSON.parse("null");\nexport default { a: a.b };`, /^TypeError: /, 2],
  ["throws a text", `throw "no luck";`, 'threw "no luck"', undefined],
  ["has a syntax error", `export default {\n  a: [1, 2\n};`, /^Expected "]"/, 3],
  [
    "imports what is not there",
    `\nimport { x } from "./nope.ts";\nexport default { x };`,
    'imports "./nope.ts", which does not exist',
    2,
  ],
  [
    "imports a name that is not there",
    `import { x } from "./local.ts";\nexport default { x };`,
    /'x' not found/,
    undefined,
  ],
  ["has no default export", `export const a = 1;`, /no default export/, undefined],
  ["ends the process", `process.exit(3);`, /ended the process/, undefined],
  ["holds a function", `export default { server: { port: () => 1 } };`, /^is a function/, undefined],
  ["holds a class instance", `export default { server: { port: new Map() } };`, /^is a Map/, undefined],
  [
    "contains itself",
    `const a: Record<string, unknown> = {};\na.server = a;\nexport default a;`,
    "contains itself",
    undefined,
  ],
] as const)("a file that %s tells file, line and cause without a stack", async (_what, text, message, line) => {
  using directory = temporaryDirectory();
  directory.write("local.ts", LOCAL);
  directory.write("it.ts", text);
  const { config, faults } = await load(directory.path, "it.ts");
  expect(config).toBeUndefined();
  expect(faults[0]).toMatchObject({ file: "it.ts", message: expect.stringMatching(message) });
  expect(faults[0]?.line).toBe(line);
  expect(JSON.stringify(faults)).not.toContain(" at ");
});

test("a syntax error in a local import names that file, which is watched too", async () => {
  using directory = temporaryDirectory();
  directory.write("it.ts", `import { port } from "./local.ts";\nexport default { server: { port } };`);
  const local = directory.write("local.ts", `export const port =\n\n{{;`);
  const { faults, files } = await load(directory.path, "it.ts");
  expect(faults[0]).toMatchObject({ file: local, line: 3 });
  expect(files).toEqual([join(directory.path, "it.ts"), local]);
});

test.each([
  ["a.json", '{\n  "server": {\n    "port": 1,\n  }\n}', 4],
  ["a.json", '{\n  "server": {},\n  "server": {}\n}', 3],
  ["a.yaml", "server:\n  port: 1\nserver: {}\n", 3],
  ["a.yml", "server:\n  port: [1\n", 3],
])("%s: a fault of form names the line", async (name, text, line) => {
  using directory = temporaryDirectory();
  directory.write(name, text);
  const { faults } = await load(directory.path, name);
  expect(faults[0]).toMatchObject({ file: name, path: "", line });
});

test.each([
  ["nope.ts", /does not exist/],
  [".", /is not a file/],
  ["it.toml", /must end in .ts/],
])("%s cannot be a configuration", async (file, message) => {
  using directory = temporaryDirectory();
  directory.write("it.toml", "");
  const { faults } = await load(directory.path, file);
  expect(faults).toMatchObject([{ file, message: expect.stringMatching(message) }]);
});

test("a file is found by name, the first of several with a note on the others", async () => {
  using directory = temporaryDirectory();
  directory.write("gateway.config.yaml", "server: { port: 1 }");
  expect((await load(directory.path)).config?.server.port).toBe(1);
  directory.write("gateway.config.json", '{"server":{"port":2}}');
  const { config, notes } = await load(directory.path);
  expect(config?.server.port).toBe(2);
  expect(notes).toContain("gateway.config.yaml is not read: gateway.config.json comes first.");
});

test("without a file the files that would be one are watched", async () => {
  using directory = temporaryDirectory();
  const { file, files, config } = await load(directory.path);
  expect(file).toBeNull();
  expect(files).toContain(join(directory.path, "gateway.config.ts"));
  expect(config?.file).toBeNull();
});

test("local imports load, and an edited one takes effect", async () => {
  using directory = temporaryDirectory();
  directory.write(
    "it.ts",
    `import { defineConfig } from "evergate";\nimport { port } from "./local.ts";\nexport default defineConfig({ server: { port } });`,
  );
  const local = directory.write("local.ts", LOCAL);
  const first = await load(directory.path, "it.ts");
  expect(first.config?.server.port).toBe(4242);
  expect(first.files).toEqual([join(directory.path, "it.ts"), local]);
  directory.write("local.ts", `export const port: number = 4243;`);
  expect((await load(directory.path, "it.ts")).config?.server.port).toBe(4243);
});

test.each([
  ["for ever busy", "for (;;) {}\nexport default {};"],
  ["for ever waiting", "await new Promise(() => {});\nexport default {};"],
])("a file that is %s is given up", async (_what, text) => {
  using directory = temporaryDirectory();
  const file = directory.write("it.ts", text);
  expect(await readModule(file, 300)).toEqual({
    faults: [{ path: "", message: "did not finish loading within 0.3 s" }],
    files: [file],
  });
});

test("a prototype in a file is no setting", async () => {
  using directory = temporaryDirectory();
  directory.write("it.json", '{ "__proto__": { "server": { "port": 1 } } }');
  const { faults } = await load(directory.path, "it.json");
  expect(faults).toMatchObject([{ path: "__proto__", message: expect.stringContaining("unknown setting") }]);
});

/** What docs/secrets.md says to copy works: its configurations load, and each variable it names is one that is read. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { MANAGERS } from "../../src/config/managers/reference.ts";
import { nothingLocal, temporaryDirectory } from "./support.ts";

const ROOT = join(import.meta.dir, "../..");
const TEXT = readFileSync(join(ROOT, "docs/secrets.md"), "utf8");
const SOURCES = join(ROOT, "src/config/managers");

const blocks = (language: string) =>
  [...TEXT.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => match[1]!);

test.each(blocks("ts"))("a configuration of it loads %#", async (text) => {
  using directory = temporaryDirectory();
  directory.write("gateway.config.ts", text);
  const environment = { EVERGATE_ADMIN_TOKEN: "an-admin-token", APP_KEY: "a-virtual-key" };
  const loaded = await loadConfig({ directory: directory.path, environment, fetch: nothingLocal });
  expect(loaded.faults).toEqual([]);
  expect(loaded.managed.length).toBeGreaterThan(0);
});

test("the manifest for Kubernetes is YAML, and starts the gateway with flags it has", () => {
  const [manifest] = blocks("yaml");
  const [account, deployment] = Bun.YAML.parse(manifest!) as {
    metadata: { name: string };
    spec: {
      template: { spec: { serviceAccountName: string; containers: { args: string[]; env: { name: string }[] }[] } };
    };
  }[];
  const { serviceAccountName, containers } = deployment!.spec.template.spec;
  expect(serviceAccountName).toBe(account!.metadata.name);
  const serve = readFileSync(join(ROOT, "src/cli/serve.ts"), "utf8");
  for (const flag of containers[0]!.args.filter((word) => word.startsWith("--"))) expect(serve).toContain(`${flag} <`);
  const used = [
    ...blocks("ts")
      .at(-1)!
      .matchAll(/env\("(\w+)"\)/g),
  ].map((match) => match[1]!);
  expect(containers[0]!.env.map(({ name }) => name)).toEqual(
    expect.arrayContaining([...used, "VAULT_KUBERNETES_ROLE"]),
  );
});

test("the variables it names are those that are read, no more and no fewer", () => {
  const source = readdirSync(SOURCES)
    .map((name) => readFileSync(join(SOURCES, name), "utf8"))
    .join("\n");
  const done = TEXT.replace(/^Not done:[\s\S]*?\n\n/gm, "");
  const variable = /\b(?:VAULT|AWS|GOOGLE|GCE|AZURE|IDENTITY|CLOUDSDK)_[A-Z0-9_]+\b/g;
  const named = new Set(done.match(variable));
  const read = new Set(source.match(variable));
  expect([...named].filter((name) => !read.has(name))).toEqual([]);
  expect([...read].filter((name) => !named.has(name))).toEqual([]);
});

test("it has a row for each kind", () => {
  for (const kind of ["env", "file", ...Object.keys(MANAGERS)]) expect(TEXT).toContain(`\`{ "${kind}": "`);
});

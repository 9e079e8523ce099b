/** Secrets of secrets managers in a configuration: at every place that takes a secret, in every language of a file. */
import { describe, expect, test } from "bun:test";
import { loadConfig, resolveValue } from "../../src/config/load.ts";
import { type ManagedRead, type ManagedUse, readKey, type SecretReader } from "../../src/config/managers/reference.ts";
import { LANGUAGES, type Language, nothingLocal, temporaryDirectory } from "./support.ts";

/** Gives for each reference a value that is made of it, and remembers what it was asked. */
function reader(answer = ({ name }: ManagedUse): ManagedRead => ({ value: `https://value.test/${name}` })) {
  const asked: ManagedUse[][] = [];
  const secrets: SecretReader = async (uses) => {
    asked.push([...uses]);
    return new Map(uses.map((use) => [readKey(use), answer(use)]));
  };
  return { asked, secrets };
}

const EVERYWHERE = {
  server: { adminToken: { vault: "s/a#admin" }, tls: { cert: { awsSecret: "cert" }, key: { azureSecret: "vlt/key" } } },
  providers: {
    openai: {
      type: "openai",
      keys: [{ vault: "s/a#k" }, { name: "b", secret: { gcpSecret: "projects/p/secrets/b" } }],
      headers: { "x-a": { vault: "s/a#header" } },
    },
    aws: {
      type: "bedrock",
      region: "eu-west-1",
      keys: [{ accessKeyId: { awsSecret: "aws#id" }, secretAccessKey: { awsSecret: "aws#secret" } }],
    },
  },
  models: { m: ["openai/x"] },
  access: { keys: { app: { secret: { azureSecret: "vlt/app-key" } } } },
  telemetry: {
    metrics: { token: { vault: "s/a#metrics" } },
    otlp: { endpoint: "http://o.test", headers: { k: { vault: "s/a#otlp" } } },
  },
  alerts: { slack: { webhook: { vault: "s/a#slack" } } },
};

const value = (name: string) => `https://value.test/${name}`;

test.each(Object.keys(LANGUAGES) as Language[])("every place takes one, in %s", async (language) => {
  using directory = temporaryDirectory();
  const file = `gateway.config.${language}`;
  directory.write(file, LANGUAGES[language](EVERYWHERE));
  const { secrets, asked } = reader();
  const loaded = await loadConfig({ file, directory: directory.path, environment: {}, fetch: nothingLocal, secrets });
  expect(loaded.faults).toEqual([]);
  expect(loaded.warnings).toEqual([]);
  const { server, providers, access, telemetry, alerts } = loaded.config!;
  expect(server).toMatchObject({
    adminToken: value("s/a#admin"),
    tls: { cert: value("cert"), key: value("vlt/key") },
  });
  expect(providers[0]).toMatchObject({
    keys: [{ secret: value("s/a#k") }, { secret: value("projects/p/secrets/b") }],
    headers: { "x-a": value("s/a#header") },
  });
  expect(providers[1]!.keys[0]!.secret).toEqual({
    accessKeyId: value("aws#id"),
    secretAccessKey: value("aws#secret"),
  });
  expect(access.keys[0]!.secret).toBe(value("vlt/app-key"));
  expect(telemetry).toMatchObject({
    metrics: { token: value("s/a#metrics") },
    otlp: { headers: { k: value("s/a#otlp") } },
  });
  expect(alerts.slack).toEqual({ webhook: value("s/a#slack") });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toHaveLength(12);
  expect(JSON.stringify(loaded.config!.effective)).not.toContain("value.test");
  expect(JSON.stringify(loaded.config!.effective)).toContain("vault:s/a#admin");
  expect(loaded.secretAt("server.adminToken")).toBe(value("s/a#admin"));
});

const resolve = (settings: object, secrets?: SecretReader) =>
  resolveValue(settings, { file: null, directory: "/", environment: {}, fetch: nothingLocal, secrets });
const keyed = (...keys: unknown[]) => ({ providers: { a: { type: "openai", keys } }, models: { m: ["a/x"] } });

describe("faults", () => {
  test("name place, reference and reason, and are told with everything else that is wrong", async () => {
    const { secrets } = reader(() => ({ fault: "permission denied (HTTP 403)", isDown: false }));
    const { config, faults } = await resolve(keyed({ vault: "s/a#k" }, { env: "UNSET" }), secrets);
    expect(config).toBeUndefined();
    expect(faults).toMatchObject([
      { path: "providers.a.keys[0]", message: 'vault("s/a#k"): permission denied (HTTP 403)' },
      { path: "providers.a.keys[1]", message: "the environment variable UNSET is not set" },
    ]);
  });

  test.each([
    ["vault", "no-field"],
    ["awsSecret", "a b"],
    ["gcpSecret", "a/b/c"],
    ["azureSecret", "a_b"],
  ])("a reference by %s of a wrong form is never sent to anybody", async (kind, name) => {
    const { secrets, asked } = reader();
    const { faults } = await resolve(keyed({ [kind]: name }), secrets);
    expect(faults).toMatchObject([
      { path: "providers.a.keys[0]", message: expect.stringContaining(`; write ${kind}("`) },
    ]);
    expect(asked).toEqual([]);
  });

  test("a kind that does not exist is told with the one that was meant", async () => {
    const { faults } = await resolve(keyed({ vualt: "s/a#k" }));
    expect(faults).toContainEqual(expect.objectContaining({ path: "providers.a.keys[0]", nearest: "vault" }));
  });

  test("two virtual keys of one secret are one fault too many, also where a manager has them", async () => {
    const { secrets } = reader(() => ({ value: "the-same-secret" }));
    const keys = { a: { secret: { vault: "s/a#k" } }, b: { secret: { awsSecret: "b" } } };
    const { faults } = await resolve({ ...keyed("x"), access: { keys } }, secrets);
    expect(faults).toMatchObject([
      { path: "access.keys.b.secret", message: "is the same secret as access.keys.a.secret" },
    ]);
  });
});

test("without anybody who reads them, references are judged by their form and their places stay empty", async () => {
  const { config, faults, managed, secretAt } = await resolve(keyed({ vault: "s/a#k" }));
  expect(faults).toEqual([]);
  expect(config!.providers[0]!.keys[0]!.secret).toBe("");
  expect(managed).toEqual([{ place: "providers.a.keys[0]", kind: "vault", name: "s/a#k" }]);
  expect(secretAt("providers.a.keys[0]")).toBeUndefined();
});

test("the interval has a default and bounds", async () => {
  expect((await resolve(keyed("x"))).config!.secrets).toEqual({ refreshMs: 300_000 });
  expect((await resolve({ ...keyed("x"), secrets: { refreshMs: 5_000 } })).config!.secrets).toEqual({
    refreshMs: 5_000,
  });
  const { faults } = await resolve({ ...keyed("x"), secrets: { refreshMs: 10, refresh: 1 } });
  expect(faults.map(({ path, message }) => `${path} ${message}`)).toEqual([
    "secrets.refreshMs expected a whole number of milliseconds from 1000 to 86400000, got 10",
    expect.stringContaining('secrets.refresh unknown setting "refresh"'),
  ]);
});

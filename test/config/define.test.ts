import { expect, test } from "bun:test";
import { awsSecret, azureSecret, defineConfig, env, file, gcpSecret, vault } from "evergate";
import type { CheckedSettings } from "../../src/config/schema.ts";
import { SETTINGS } from "../../src/config/schema.ts";
import type { Settings } from "../../src/config/settings.ts";

const openai = { type: "openai", keys: [env("A")] } as const;

const right = defineConfig({
  server: { port: 4_000, adminToken: env("T") },
  providers: {
    openai: { type: "openai", keys: [env("A"), { secret: env("B"), name: "b", weight: 2, models: ["gpt-4o*"] }] },
    "azure-eu": {
      type: "azure-openai",
      baseUrl: "https://x.openai.azure.com",
      keys: [env("C")],
      deployments: { "gpt-4o": "d" },
    },
    "aws-eu": { type: "bedrock", region: "eu-west-1", keys: [{ accessKeyId: env("A"), secretAccessKey: env("S") }] },
    vertex: { type: "vertex", project: "p", location: "europe-west1", keys: [file("service-account.json")] },
    local: { type: "openai-compatible", baseUrl: "http://127.0.0.1:11434/v1" },
  },
  models: {
    "gpt-4o": ["openai/gpt-4o", "azure-eu/gpt-4o"],
    fast: {
      strategy: "latency",
      targets: ["local/llama", { target: "openai/gpt-4o-mini", weight: 2 }],
      fallbacks: ["gpt-4o"],
    },
  },
});

test.each([
  ["env", env, "NAME", { env: "NAME" }],
  ["file", file, "key.pem", { file: "key.pem" }],
  ["vault", vault, "a/b#c", { vault: "a/b#c" }],
  ["awsSecret", awsSecret, "a#b", { awsSecret: "a#b" }],
  ["gcpSecret", gcpSecret, "a", { gcpSecret: "a" }],
  ["azureSecret", azureSecret, "v/n", { azureSecret: "v/n" }],
] as const)("%s() names a secret as plain data, as JSON and YAML write it", (_name, reference, name, plain) => {
  expect(reference(name)).toEqual(plain);
});

test("the compiler refuses what cannot be right", () => {
  expect(refusedByTheCompiler).not.toThrow();
});

test("a configuration is what was written", () => {
  expect(right.models?.["gpt-4o"]).toEqual(["openai/gpt-4o", "azure-eu/gpt-4o"]);
  expect(JSON.parse(JSON.stringify(right))).toEqual(right);
});

test("the types and the schema know the same settings", () => {
  const same: { [S in keyof Required<Settings>]: true } = {} as Compared;
  const accepted: CheckedSettings = {} as Mutable<Settings>;
  expect<object>({ ...same, ...accepted }).toEqual({});
  expect(Object.keys(SETTINGS.properties)).toContain("resilience");
});

/** The types people write by and the schema that files are checked by know the same names, all the way down. */
type Names<T> = T extends string | number | boolean | undefined
  ? "value"
  : T extends readonly (infer Item)[]
    ? Names<Item>
    : string extends keyof T
      ? { any: Names<T[keyof T]> }
      : { [K in keyof Required<T>]: Names<NonNullable<T[K]>> };
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : "a name the schema lacks") : "a name the types lack";
type Compared = {
  [S in keyof Required<Settings>]: Same<Names<NonNullable<CheckedSettings[S]>>, Names<NonNullable<Settings[S]>>>;
};

/** What is written in TypeScript passes the schema's types, but for `readonly`. */
type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

/** Held by the compiler alone: `tsc` fails when one of these errors is no longer an error. */
function refusedByTheCompiler(): void {
  // Without a providers block their names are those of the environment, which the compiler cannot know.
  defineConfig({ models: { smart: ["openai/gpt-4o"] } });

  defineConfig({
    providers: { openai },
    // @ts-expect-error: no provider "opnai"
    models: { fast: ["opnai/gpt-4o"] },
  });

  defineConfig({
    providers: { openai },
    // @ts-expect-error: no provider "groq"
    models: { fast: { targets: ["openai/a", { target: "groq/b", weight: 1 }] } },
  });

  defineConfig({
    providers: { openai },
    // @ts-expect-error: no model "slow"
    models: { fast: { targets: ["openai/gpt-4o"], fallbacks: ["slow"] } },
  });

  defineConfig({
    providers: { openai },
    // @ts-expect-error: a model needs a target
    models: { fast: { targets: [] } },
  });

  defineConfig({
    providers: { openai },
    // @ts-expect-error: a model needs a target
    models: { fast: [] },
  });

  // @ts-expect-error: a pool needs a key
  defineConfig({ providers: { openai: { type: "openai", keys: [] } } });

  // @ts-expect-error: no such setting
  defineConfig({ servr: {} });

  // @ts-expect-error: no such setting
  defineConfig({ server: { prt: 1 } });

  // @ts-expect-error: durations end in Ms
  defineConfig({ resilience: { timeouts: { connect: 5 } } });

  // @ts-expect-error: a misspelt budget would be no budget
  defineConfig({ access: { keys: { ci: { secret: env("K"), budget: [] } } } });

  defineConfig({
    providers: { openai },
    // @ts-expect-error: no such setting
    models: { fast: { targets: ["openai/a"], fallback: ["fast"] } },
  });

  // @ts-expect-error: no such type
  defineConfig({ providers: { a: { type: "openia" } } });

  // @ts-expect-error: baseUrl is required
  defineConfig({ providers: { a: { type: "openai-compatible" } } });

  // @ts-expect-error: not a number
  defineConfig({ server: { port: "4000" } });
}

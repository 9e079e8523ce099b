import { expect, test } from "bun:test";
import type { Principal } from "../../src/canonical/call.ts";
import type { Config } from "../../src/config/config.ts";
import { resolveValue } from "../../src/config/load.ts";
import { modelDirectory } from "../../src/http/model-directory.ts";
import { createRoutes } from "../../src/router/routes.ts";

const SETTINGS = {
  providers: { a: { type: "openai", keys: ["sk-a"] }, b: { type: "anthropic", keys: ["sk-b"] } },
  models: {
    fast: ["a/gpt-4o"],
    both: ["a/gpt-4o", "b/claude"],
    safe: { targets: ["a/gpt-4o"], fallbacks: ["other"] },
    other: ["b/claude"],
  },
};

const { config } = await resolveValue(SETTINGS, {
  file: null,
  directory: "/",
  environment: {},
  fetch: () => Promise.reject(new Error("not asked")),
});
const { models, providers } = config as Config;
const routes = createRoutes([...models], new Set(providers.map(({ name }) => name)), () => undefined);
const directory = modelDirectory(config as Config, routes, 0);

/** A key of one provider. */
const only =
  (provider: string): Principal["allows"] =>
  (what) =>
    !("provider" in what) || what.provider === provider;

test.each<[string, Principal["allows"], string[]]>([
  ["everything", () => true, ["fast", "both", "safe", "other", "a/gpt-4o", "b/claude"]],
  ["one provider, fallbacks included", only("b"), ["both", "safe", "other", "b/claude"]],
  [
    "a fallback that the key may not use is none",
    (what) => only("b")(what) && what.model !== "other",
    ["both", "b/claude"],
  ],
  ["no provider", only("c"), []],
])("a key may reach %s", (_, allows, names) => {
  const listed = directory.list().map(({ id }) => id);
  expect(listed.filter((id) => directory.mayUse(id, allows))).toEqual(names);
});

test("what does not exist is reached by nobody", () => {
  expect(directory.mayUse("nothing", () => true)).toBe(false);
});

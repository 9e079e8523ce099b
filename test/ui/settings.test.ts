/** How settings, changes and lists are written and read. */
import { expect, test } from "bun:test";
import { draftOf, settingsOf } from "../../src/ui/pages/keys/level-fields.tsx";
import { readList, readTags } from "../../src/ui/pages/keys/list-text.ts";
import type { Level } from "../../src/ui/pages/keys/types.ts";
import { changesOf } from "../../src/ui/pages/settings/changes.ts";
import { found, linesOf } from "../../src/ui/pages/settings/setting-lines.ts";

const CONFIG = {
  models: { fast: { targets: ["a/x", "b/y"] }, "odd name": [{ target: "a/x", weight: 3 }] },
  cache: {},
  server: { port: 4000, publicUrl: null },
};

test("a configuration as lines, with paths as in faults", () => {
  expect(linesOf(CONFIG)).toEqual([
    { path: "models.fast.targets", value: '["a/x", "b/y"]' },
    { path: 'models["odd name"][0].target', value: '"a/x"' },
    { path: 'models["odd name"][0].weight', value: "3" },
    { path: "cache", value: "{}" },
    { path: "server.port", value: "4000" },
    { path: "server.publicUrl", value: "null" },
  ]);
});

test.each([
  ["PORT", ["server.port"]],
  ["target b/y", ["models.fast.targets"]],
  ["a/x", ["models.fast.targets", 'models["odd name"][0].target']],
  ["absent", []],
])("finding %p", (text, paths) => {
  expect(found(linesOf(CONFIG), text).map(({ path }) => path)).toEqual(paths);
});

test("changes are what differs, without what the entry itself says", () => {
  expect(
    changesOf(
      { id: "k", disabled: false, models: ["a"], tags: null },
      { id: "k", disabled: true, models: ["a"], tags: { x: "1" } },
    ),
  ).toEqual([
    { field: "disabled", before: "false", after: "true" },
    { field: "tags", before: null, after: '{"x":"1"}' },
  ]);
  expect(changesOf(null, { name: "n", expires: "2027-01-01", ips: null, disabled: false })).toEqual([
    { field: "expires", before: null, after: "2027-01-01" },
  ]);
  expect(changesOf({ limits: { maxConcurrent: 1 } }, null)).toEqual([
    { field: "limits", before: '{"maxConcurrent":1}', after: null },
  ]);
});

test("lists and tags", () => {
  expect(readList(" a, b\n,c ")).toEqual(["a", "b", "c"]);
  expect(readList("  ")).toBeNull();
  expect(readTags("team=search, env=a=b")).toEqual({ team: "search", env: "a=b" });
  expect(() => readTags("team")).toThrow("name=value");
});

const KEY: Level = {
  id: "key_1",
  name: "web",
  origin: "api",
  budgets: [{ limitUsd: 5, per: "day" }],
  limits: { requestsPerMinute: 10 },
  perUser: null,
  models: ["fast"],
  providers: null,
  tags: { env: "prod" },
  expires: null,
  ips: null,
  disabled: false,
  team: "search",
  customer: null,
  created_at: null,
  updated_at: null,
};

test("an edit sends what was changed and nothing else", () => {
  const draft = draftOf(KEY);
  expect(settingsOf("keys", draft, KEY)).toEqual({});
  expect(settingsOf("keys", { ...draft, models: "", expires: "2027-12-31", team: "" }, KEY)).toEqual({
    models: null,
    expires: "2027-12-31",
    team: null,
  });
  const [budget] = draft.budgets;
  expect(settingsOf("keys", { ...draft, budgets: [{ ...budget!, limitUsd: "7.5", rolling: true }] }, KEY)).toEqual({
    budgets: [{ limitUsd: 7.5, per: "day", rolling: true }],
  });
});

test("a new record is its name and what was set; a number that is none is left for the gateway to refuse", () => {
  const draft = { ...draftOf(), name: " trial ", limits: { ...draftOf().limits, maxConcurrent: "many" } };
  expect(settingsOf("customers", draft)).toEqual({ name: "trial", limits: { maxConcurrent: "many" } });
});

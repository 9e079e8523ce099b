import { openai, secret, testFaults, withKey, withModels, withProvider } from "./fault-table.ts";

testFaults([
  {
    what: "an undeclared provider",
    settings: withModels({ fast: ["openai/a", "opneai/gpt-4o"] }),
    path: "models.fast[1]",
    message: /no provider "opneai"; there are openai, claude/,
    nearest: "openai/gpt-4o",
  },
  {
    what: "an undeclared provider in an object",
    settings: withModels({ fast: { targets: ["openai/a", { target: "cluade/x" }] } }),
    path: "models.fast.targets[1].target",
    message: /no provider/,
    nearest: "claude/x",
  },
  {
    what: "a target without a provider",
    settings: withModels({ fast: ["gpt-4o"] }),
    path: "models.fast[0]",
    message: /"provider\/model"/,
  },
  {
    what: "a dot in a name",
    settings: withModels({ "gpt-4.1": ["nope/x"] }),
    path: 'models["gpt-4.1"][0]',
    message: /no provider "nope"/,
  },
  {
    what: "an undeclared fallback",
    settings: withModels({ fast: ["openai/a"], slow: { targets: ["openai/b"], fallbacks: ["fats"] } }),
    path: "models.slow.fallbacks[0]",
    message: /no model "fats"/,
    nearest: "fast",
  },
  { what: "an empty short form", settings: withModels({ fast: [] }), path: "models.fast", message: /is empty/ },
  {
    what: "empty targets",
    settings: withModels({ fast: { targets: [] } }),
    path: "models.fast.targets",
    message: /is empty/,
  },
  {
    what: "a fallback to itself",
    settings: withModels({ a: { targets: ["openai/a"], fallbacks: ["a"] } }),
    path: "models.a.fallbacks",
    message: /cycle: a → a/,
  },
  {
    what: "a longer cycle",
    settings: withModels({
      x: { targets: ["openai/a"], fallbacks: ["a"] },
      a: { targets: ["openai/a"], fallbacks: ["b"] },
      b: { targets: ["openai/a"], fallbacks: ["c"] },
      c: { targets: ["openai/a"], fallbacks: ["a"] },
    }),
    path: "models.a.fallbacks",
    message: /cycle: a → b → c → a/,
  },
  {
    what: "two keys of one name",
    settings: withProvider({
      type: "openai",
      keys: [
        { secret, name: "b" },
        { secret, name: "b" },
      ],
    }),
    path: "providers.it.keys[1].name",
    message: /two keys.*"b"/,
  },
  {
    what: "a name that another key has by position",
    settings: withProvider({ type: "openai", keys: [secret, { secret, name: "key-1" }] }),
    path: "providers.it.keys[1].name",
    message: /two keys.*"key-1"/,
  },
  {
    what: "an undeclared team",
    settings: {
      ...withKey({ secret, team: "serach" }),
      access: { teams: { search: {} }, keys: { ci: { secret, team: "serach" } } },
    },
    path: "access.keys.ci.team",
    message: /no team/,
    nearest: "search",
  },
  {
    what: "an undeclared customer",
    settings: { access: { customers: { acme: {} }, teams: { search: { customer: "amce" } } } },
    path: "access.teams.search.customer",
    message: /no customer/,
    nearest: "acme",
  },
  {
    what: "a key of another customer than its team",
    settings: {
      access: {
        customers: { acme: {}, umbrella: {} },
        teams: { search: { customer: "acme" } },
        keys: { ci: { secret, team: "search", customer: "umbrella" } },
      },
    },
    path: "access.keys.ci.customer",
    message: /is "umbrella", but its team "search" belongs to "acme"/,
  },
  {
    what: "an unknown model on a key",
    settings: { ...withModels({ fast: ["openai/a"] }), access: { keys: { ci: { secret, models: ["fsat"] } } } },
    path: "access.keys.ci.models[0]",
    message: /no model/,
    nearest: "fast",
  },
  {
    what: "an unknown provider on a key",
    settings: withKey({ secret, providers: ["opnai"] }),
    path: "access.keys.ci.providers[0]",
    message: /no provider/,
    nearest: "openai",
  },
  {
    what: "an unknown provider in a price",
    settings: { providers: { openai }, pricing: { "opnai/a": { inputPerMillionUsd: 1, outputPerMillionUsd: 1 } } },
    path: "pricing.opnai/a",
    message: /no provider/,
    nearest: "openai/a",
  },
]);

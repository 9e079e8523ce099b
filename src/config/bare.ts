/** Bare model names (`gpt-4o`) to targets, where no `models` block says what there is. */
import { globPattern } from "../canonical/glob.ts";
import type { BareRoutes, BareRule, ModelConfig, ModelTarget, ProviderConfig } from "./config.ts";
import { AFFINITY_DEFAULT } from "./defaults.ts";
import { FAMILIES, type Family, TIERS, type Tier } from "./equivalents.ts";
import type { Local } from "./zero.ts";

/** The rules for these providers, as data. */
export function bareRoutes(providers: readonly ProviderConfig[], local: Local): BareRoutes {
  const rules = [
    ...localRules(providers, local),
    ...FAMILIES.flatMap((family) => familyRules(family, providers)),
    ...anythingRule(providers),
  ];
  return { rules, listed: listedNames(rules, providers, local) };
}

/** The model behind a bare name, or undefined when no configured provider serves it. */
export function resolveBare(routes: BareRoutes, model: string): ModelConfig | undefined {
  const rule = routes.rules.find(({ pattern }) => globPattern(pattern).test(model));
  if (!rule) return undefined;
  const targets = new Map<string, ModelTarget>();
  for (const target of rule.targets) {
    const name = target.model.replace("*", () => model);
    const full = `${target.provider}/${name}`;
    targets.set(full, { target: full, provider: target.provider, model: name, weight: 1 });
  }
  return {
    name: model,
    strategy: "fallback",
    targets: [...targets.values()],
    fallbacks: [],
    timeouts: {},
    affinity: AFFINITY_DEFAULT,
  };
}

/** One line a listed name for the start-up text: `gpt-4o → openai/gpt-4o, then claude/claude-sonnet-4-5`. */
export function describeBare(routes: BareRoutes): string[] {
  return routes.listed.map((name) => {
    const targets = resolveBare(routes, name)?.targets.map(({ target }) => target) ?? [];
    return `${name} → ${targets.join(", then ")}`;
  });
}

type Target = BareRule["targets"][number];

function familyRules(family: Family, providers: readonly ProviderConfig[]): BareRule[] {
  const serving: Target[] = [];
  const simulated = providers.every(({ type }) => type === "simulated");
  for (const [type, model] of Object.entries({ ...family.servedBy, simulated: "*" })) {
    for (const provider of providers) if (provider.type === type) serving.push({ provider: provider.name, model });
  }
  if (serving.length === 0) return [];
  // A simulated provider would otherwise answer to every mistyped `provider/model` as well.
  const patterns = family.patterns.filter(({ pattern }) => !simulated || !pattern.includes("/"));
  return patterns.map(({ pattern, tier }) => ({
    pattern,
    targets: [...serving, ...(tier ? equivalents(tier, serving, providers) : [])],
  }));
}

function equivalents(tier: Tier, serving: readonly Target[], providers: readonly ProviderConfig[]): Target[] {
  const found: Target[] = [];
  for (const { name, type } of providers) {
    const model = TIERS[tier][type];
    if (model && !serving.some(({ provider }) => provider === name)) found.push({ provider: name, model });
  }
  return found;
}

/** A local model is called by its exact name, with or without `:latest`. */
function localRules(providers: readonly ProviderConfig[], { ollamaModels }: Local): BareRule[] {
  const provider = providers.find(({ name }) => name === "ollama");
  if (!provider) return [];
  return (ollamaModels ?? []).flatMap((model) => {
    const targets = [{ provider: provider.name, model }];
    const short = model.endsWith(":latest") ? [{ pattern: model.slice(0, -":latest".length), targets }] : [];
    return [{ pattern: model, targets }, ...short];
  });
}

const SERVES_ANYTHING = new Set(["openai-compatible", "vllm", "huggingface", "together", "deepinfra"]);

/** What is behind an address of the operator's own is not for us to know: it gets the names nobody else claims. */
function anythingRule(providers: readonly ProviderConfig[]): BareRule[] {
  const open = providers.filter(({ name, type, baseUrl }) => {
    if (name === "ollama" || type === "azure-openai") return false;
    return baseUrl !== null || SERVES_ANYTHING.has(type);
  });
  return open.length === 0 ? [] : [{ pattern: "*", targets: open.map(({ name }) => ({ provider: name, model: "*" })) }];
}

function listedNames(rules: readonly BareRule[], providers: readonly ProviderConfig[], local: Local): string[] {
  const types = new Set(providers.map(({ type }) => type));
  // Simulated providers answer to every family's names; those of the two best-known are enough to show it.
  const shown = types.has("simulated") ? ["openai", "anthropic"] : [...types];
  const names = Object.values(TIERS).flatMap((tier) => shown.flatMap((type) => tier[type] ?? []));
  const served = names.filter(
    (name) => !name.includes("/") && rules.some(({ pattern }) => globPattern(pattern).test(name)),
  );
  return [...new Set([...served, ...(local.ollamaModels ?? [])])];
}

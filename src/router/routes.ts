/** Public model names and what stands behind them: targets by a strategy, then the targets of the fallback models. */
import type { Target } from "../canonical/attempt.ts";
import type { Timeouts } from "../providers/provider.ts";
import type { Affinity } from "./affinity.ts";
import { createStrategy, type Strategy, type StrategyName, type WeightedTarget } from "./strategies.ts";

export interface RouteOptions {
  name: string;
  strategy: StrategyName;
  /** At least one. */
  targets: readonly { provider: string; model: string; weight: number }[];
  /** Names of other routes, tried after all targets; they chain. */
  fallbacks: readonly string[];
  timeouts?: Partial<Timeouts>;
  /** Default `prompt`. */
  affinity?: Affinity;
  continuation?: "off" | "resume";
  /** Context window of the targets, where the price list does not know it. */
  contextTokens?: number;
}

export interface Route {
  readonly name: string;
  readonly strategy: StrategyName;
  readonly order: Strategy;
  readonly targets: readonly WeightedTarget[];
  readonly fallbacks: readonly Route[];
  readonly timeouts?: Partial<Timeouts>;
  readonly affinity: Affinity;
  readonly continuation?: "off" | "resume";
  readonly contextTokens?: number;
}

export interface Routes {
  /** A public model, `provider/model`, or a bare model that a provider serves; undefined when there is none. */
  find(name: string): Route | undefined;
  list(): readonly Route[];
}

/** Bounds the routes made on demand for `provider/model` and bare names, which clients choose. */
const MAX_ON_DEMAND_ROUTES = 10_000;

export function createRoutes(
  options: readonly RouteOptions[],
  providers: ReadonlySet<string>,
  /** Zero configuration: which targets serve a bare model name. */
  bare: (model: string) => RouteOptions | undefined,
): Routes {
  const declared = new Map<string, Route>();
  const byName = new Map(options.map((option) => [option.name, option]));
  for (const option of options) build(option, declared, byName);
  const onDemand = new Map<string, Route>();

  const make = (name: string): Route | undefined => {
    const direct = directRoute(name, providers) ?? bare(name);
    if (!direct) return undefined;
    const route = build(direct, new Map(declared), byName);
    if (onDemand.size >= MAX_ON_DEMAND_ROUTES) onDemand.clear();
    onDemand.set(name, route);
    return route;
  };
  return {
    find: (name) => declared.get(name) ?? onDemand.get(name) ?? make(name),
    list: () => [...declared.values()],
  };
}

/** `provider/model` with a declared provider; the model may itself hold slashes. */
function directRoute(name: string, providers: ReadonlySet<string>): RouteOptions | undefined {
  const slash = name.indexOf("/");
  if (slash <= 0 || slash === name.length - 1) return undefined;
  const provider = name.slice(0, slash);
  if (!providers.has(provider)) return undefined;
  return {
    name,
    strategy: "fallback",
    targets: [{ provider, model: name.slice(slash + 1), weight: 1 }],
    fallbacks: [],
  };
}

/** Configuration has refused cycles before; fallbacks are built before the route that names them. */
function build(option: RouteOptions, built: Map<string, Route>, all: ReadonlyMap<string, RouteOptions>): Route {
  const existing = built.get(option.name);
  if (existing) return existing;
  const targets = option.targets.map(({ provider, model, weight }) => ({ target: targetOf(provider, model), weight }));
  const fallbacks = option.fallbacks.map((name) => {
    const fallback = all.get(name);
    if (!fallback) throw new Error(`fallback ${name} of ${option.name} is not a model`);
    return build(fallback, built, all);
  });
  const { name, strategy, timeouts, affinity = "prompt", continuation, contextTokens } = option;
  const route = {
    name,
    strategy,
    order: createStrategy(strategy, targets),
    targets,
    fallbacks,
    timeouts,
    affinity,
    continuation,
    contextTokens,
  };
  built.set(name, route);
  return route;
}

function targetOf(provider: string, model: string): Target {
  return { name: `${provider}/${model}`, provider, model };
}

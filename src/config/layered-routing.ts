/**
 * Providers and models from both sources: what the file declares and, layered over it, what was made by API. A name
 * belongs to one of them: where both have it, the file's holds and the other one is out of force until the file lets go
 * of it. The file stands alone: it refers to nothing that was made by API, so that it can be checked anywhere. What was
 * made by API refers to both, and can therefore lose what it refers to: then it is out of force, and the rest goes on.
 */
import type { JsonObject } from "../canonical/chat.ts";
import { bareRoutes } from "./bare.ts";
import type { Config, ModelConfig, ProviderConfig } from "./config.ts";
import { checkModel, checkProvider, type RoutingContext } from "./dynamic/routing-check.ts";
import { masked, type Settings } from "./dynamic/routing-secrets.ts";
import { fallbackCycles } from "./fallback-cycles.ts";
import { type Fault, faultText } from "./fault.ts";

/** What was made by API, its secrets in place, oldest first. */
export interface StoredRouting {
  providers: readonly StoredSetting[];
  models: readonly StoredSetting[];
}

export interface StoredSetting {
  id: string;
  name: string;
  settings: Settings;
  /** Its secrets cannot be read. */
  fault?: string;
}

export interface RoutingState {
  state: "active" | "shadowed" | "faulty";
  /** Of a faulty one. */
  faults: readonly Fault[];
}

export interface LayeredRouting {
  /** In force. */
  config: Config;
  /** Of what was made by API, by id. */
  states: ReadonlyMap<string, RoutingState>;
  /** What an operator should know. */
  warnings: readonly string[];
}

export function layerRouting(stored: StoredRouting, context: RoutingContext): LayeredRouting {
  const { file } = context;
  if (stored.providers.length + stored.models.length === 0) return { config: file, states: new Map(), warnings: [] };
  const states = new Map<string, RoutingState>();
  const standIns = standInsStepAside(file);
  const made = layerProviders(stored.providers, standIns ? [] : file.providers, states, context);
  const providers = [...(standIns && made.length > 0 ? [] : file.providers), ...made];
  const models = [...file.models, ...layerModels(stored.models, providers, states, context)];
  const config: Config = {
    ...file,
    providers,
    models,
    bareRoutes: file.bareRoutes && bareRoutes(providers, file.local),
    effective: { ...file.effective, ...shownIn(stored, providers, models, context) } as JsonObject,
  };
  return { config: Object.freeze(config), states, warnings: warningsOf(stored, states) };
}

/** Simulated providers stand in until there is a real one; models of the file's own, which name them, keep them. */
export function standInsStepAside({ standIns, models }: Config): boolean {
  return standIns && models.length === 0;
}

function layerProviders(
  rows: readonly StoredSetting[],
  declared: readonly ProviderConfig[],
  states: Map<string, RoutingState>,
  context: RoutingContext,
): ProviderConfig[] {
  const taken = new Set(declared.map(({ name }) => name));
  return rows.flatMap((row) => {
    if (taken.has(row.name)) {
      states.set(row.id, { state: "shadowed", faults: [] });
      return [];
    }
    const unread = row.fault === undefined ? undefined : [{ path: "keys", message: row.fault }];
    const checked = unread ? { faults: unread } : checkProvider(row.name, row.settings, context);
    states.set(row.id, stateOf("faults" in checked ? checked.faults : []));
    return "config" in checked ? [checked.config] : [];
  });
}

/** One that loses what it refers to may be what another one refers to: until all that is left holds. */
function layerModels(
  rows: readonly StoredSetting[],
  providers: readonly ProviderConfig[],
  states: Map<string, RoutingState>,
  context: RoutingContext,
): ModelConfig[] {
  const declared = context.file.models;
  const taken = new Set(declared.map(({ name }) => name));
  for (const row of rows) if (taken.has(row.name)) states.set(row.id, { state: "shadowed", faults: [] });
  let left = rows.filter(({ name }) => !taken.has(name));
  for (;;) {
    const names = {
      providers: new Set(providers.map(({ name }) => name)),
      models: new Set([...taken, ...left.map(({ name }) => name)]),
    };
    const checked = left.map((row) => ({ row, ...checkModel(row.name, row.settings, names, context) }));
    const good = checked.flatMap((one) => ("config" in one ? [one] : []));
    const cycles = fallbackCycles(fallbacksOf([...declared, ...good.map(({ config }) => config)]));
    const lost = checked.flatMap((one) => {
      const faults = "faults" in one ? one.faults : cycleFaults(one.row.name, cycles);
      return faults.length > 0 ? [{ row: one.row, faults }] : [];
    });
    for (const { row, faults } of lost) states.set(row.id, stateOf(faults));
    if (lost.length === 0) {
      for (const { row } of good) states.set(row.id, stateOf([]));
      return good.map(({ config }) => config);
    }
    left = left.filter((row) => !lost.some((one) => one.row === row));
  }
}

function fallbacksOf(models: readonly ModelConfig[]): Map<string, readonly string[]> {
  return new Map(models.map(({ name, fallbacks }) => [name, fallbacks]));
}

function cycleFaults(name: string, cycles: readonly string[][]): Fault[] {
  const cycle = cycles.find((names) => names.includes(name));
  if (!cycle) return [];
  return [{ path: "fallbacks", message: `fallbacks form a cycle: ${[...cycle, cycle[0]].join(" → ")}` }];
}

function stateOf(faults: readonly Fault[]): RoutingState {
  return { state: faults.length > 0 ? "faulty" : "active", faults };
}

/** The effective configuration's own form of what is in force. */
function shownIn(
  stored: StoredRouting,
  providers: readonly ProviderConfig[],
  models: readonly ModelConfig[],
  { file }: RoutingContext,
) {
  const shown = (
    inForce: readonly { name: string }[],
    written: unknown,
    made: readonly (readonly [string, Settings])[],
  ) => {
    const settings = { ...Object.fromEntries(made), ...(written as object) };
    return Object.fromEntries(inForce.map(({ name }) => [name, (settings as Record<string, unknown>)[name]]));
  };
  const isMade = new Set(providers.filter(({ origin }) => origin === "api").map(({ name }) => name));
  const declared = Object.entries((file.effective["providers"] ?? {}) as object).filter(([name]) => !isMade.has(name));
  return {
    providers: shown(
      providers,
      Object.fromEntries(declared),
      stored.providers.map((row) => [row.name, masked(row.settings)]),
    ),
    ...(models.length > 0 && {
      models: shown(
        models,
        file.effective["models"],
        stored.models.map((row) => [row.name, row.settings]),
      ),
    }),
  };
}

function warningsOf(stored: StoredRouting, states: ReadonlyMap<string, RoutingState>): string[] {
  const kinds = [
    ["provider", stored.providers],
    ["model", stored.models],
  ] as const;
  return kinds.flatMap(([kind, rows]) =>
    rows.flatMap(({ id, name }) => {
      const { state, faults } = states.get(id)!;
      if (state === "shadowed") return [`${kind} "${name}" made by API is out of force: the file declares one`];
      if (state === "faulty") return [`${kind} "${name}" made by API is out of force: ${faultText(faults[0]!)}`];
      return [];
    }),
  );
}

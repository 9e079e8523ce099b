/**
 * Names that point somewhere: targets to providers, fallbacks to models, keys to teams. Checked on the value as it was
 * written, whatever else is wrong with it, so that all faults are reported at once.
 */

import { fallbackCycles } from "./fallback-cycles.ts";
import type { Fault } from "./fault.ts";
import { nearest } from "./nearest.ts";
import { type Path, printPath } from "./path.ts";

export interface Names {
  providers: ReadonlySet<string>;
  /** Public models; undefined where bare names are found by rule. */
  models: ReadonlySet<string> | undefined;
}

export function referenceFaults(settings: unknown, names: Names): Fault[] {
  const faults: Fault[] = [];
  const report = (path: Path, message: string, near?: string) =>
    faults.push({ path: printPath(path), message, nearest: near });
  const root = object(settings);
  for (const [name, model] of entries(root["models"])) checkModel(["models", name], model, names, report);
  for (const cycle of fallbackCycles(fallbacksOf(root["models"]))) {
    report(["models", cycle[0]!, "fallbacks"], `fallbacks form a cycle: ${[...cycle, cycle[0]].join(" → ")}`);
  }
  for (const [name, provider] of entries(root["providers"])) checkKeyNames(["providers", name], provider, report);
  for (const target of Object.keys(object(root["pricing"]))) checkTarget(["pricing", target], target, names, report);
  checkJudge(["cache"], root["cache"], names, report);
  checkAccess(object(root["access"]), names, report);
  checkRests(object(object(root["resilience"])["breaker"]), report);
  return faults;
}

export type Report = (path: Path, message: string, near?: string) => void;

function checkModel(path: Path, model: unknown, names: Names, report: Report): void {
  const short = Array.isArray(model);
  const targets = short ? model : object(model)["targets"];
  const place = short ? path : [...path, "targets"];
  for (const [index, item] of list(targets).entries()) {
    if (typeof item === "string") checkTarget([...place, index], item, names, report);
    else checkTarget([...place, index, "target"], object(item)["target"], names, report);
  }
  checkJudge([...path, "cache"], object(model)["cache"], names, report);
  for (const [index, fallback] of list(object(model)["fallbacks"]).entries()) {
    if (typeof fallback !== "string" || names.models?.has(fallback)) continue;
    report([...path, "fallbacks", index], `no model "${fallback}"`, nearest(fallback, names.models ?? []));
  }
}

/** The model that judges for a cache is called by its whole name, and its budgets name models and providers. */
function checkJudge(path: Path, cache: unknown, names: Names, report: Report): void {
  const judge = object(object(object(cache)["semantic"])["judge"]);
  const place = [...path, "semantic", "judge"];
  const { model } = judge;
  if (typeof model === "string" && model.includes("*")) report([...place, "model"], "is a pattern, not a model");
  else checkAllowedModel([...place, "model"], model, names, report);
  checkBudgets(place, judge, names, report);
}

/** A target without a slash is a fault of its form, reported by the schema. */
function checkTarget(path: Path, target: unknown, names: Names, report: Report): void {
  if (typeof target !== "string") return;
  const slash = target.indexOf("/");
  const provider = target.slice(0, slash);
  if (slash <= 0 || names.providers.has(provider)) return;
  const near = nearest(provider, names.providers);
  report(path, noProvider(provider, names), near && near + target.slice(slash));
}

function noProvider(name: string, { providers }: Names): string {
  if (providers.size === 0) return `no provider "${name}"; none is declared`;
  return `no provider "${name}"; there are ${[...providers].slice(0, MAX_LISTED).join(", ")}`;
}

const MAX_LISTED = 20;

function checkKeyNames(path: Path, provider: unknown, report: Report): void {
  const seen = new Set<string>();
  for (const [index, key] of list(object(provider)["keys"]).entries()) {
    const name = object(key)["name"];
    const shown = typeof name === "string" ? name : keyName(index);
    if (seen.has(shown)) report([...path, "keys", index, "name"], `two keys of this provider are called "${shown}"`);
    seen.add(shown);
  }
}

/** What a key without a name of its own is called. */
export function keyName(index: number): string {
  return `key-${index + 1}`;
}

function checkAccess(access: Record<string, unknown>, names: Names, report: Report): void {
  const levels: LevelNames = {
    ...names,
    teams: new Map(entries(access["teams"]).map(([name, team]) => [name, textOr(object(team)["customer"], null)])),
    customers: new Set(Object.keys(object(access["customers"]))),
  };
  checkBudgets(["access"], access, names, report);
  for (const kind of ["customers", "teams", "keys"]) {
    for (const [name, value] of entries(access[kind]))
      checkLevel(["access", kind, name], object(value), levels, report);
  }
}

export interface LevelNames extends Names {
  /** With the customer of each. */
  teams: ReadonlyMap<string, string | null>;
  customers: ReadonlySet<string>;
}

/** The same for one key, team or customer that stands alone; paths begin with its own fields. */
export function levelReferenceFaults(level: Record<string, unknown>, names: LevelNames): Fault[] {
  const faults: Fault[] = [];
  checkLevel([], level, names, (path, message, near) => faults.push({ path: printPath(path), message, nearest: near }));
  return faults;
}

function checkLevel(path: Path, level: Record<string, unknown>, names: LevelNames, report: Report): void {
  const known = (place: Path, name: unknown, kind: string, candidates: Iterable<string>) => {
    const all = [...candidates];
    if (typeof name === "string" && !all.includes(name)) report(place, `no ${kind} "${name}"`, nearest(name, all));
  };
  const { team, customer } = level;
  known([...path, "team"], team, "team", names.teams.keys());
  known([...path, "customer"], customer, "customer", names.customers);
  const teamsCustomer = names.teams.get(textOr(team, ""));
  // A key under two customers would be held by the budgets of only one.
  if (typeof customer === "string" && teamsCustomer && teamsCustomer !== customer) {
    report([...path, "customer"], `is "${customer}", but its team "${team}" belongs to "${teamsCustomer}"`);
  }
  for (const [index, model] of list(level["models"]).entries()) {
    checkAllowedModel([...path, "models", index], model, names, report);
  }
  for (const [index, provider] of list(level["providers"]).entries()) {
    known([...path, "providers", index], provider, "provider", names.providers);
  }
  checkBudgets(path, level, names, report);
  checkBudgets([...path, "perUser"], object(level["perUser"]), names, report);
}

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === "string" ? value : otherwise;
}

function checkBudgets(path: Path, level: Record<string, unknown>, names: Names, report: Report): void {
  for (const [index, value] of list(level["budgets"]).entries()) {
    const { model, provider } = object(value);
    const place = [...path, "budgets", index];
    checkAllowedModel([...place, "model"], model, names, report);
    if (typeof provider === "string" && !names.providers.has(provider)) {
      report([...place, "provider"], noProvider(provider, names), nearest(provider, names.providers));
    }
  }
}

/** A public model, `provider/model`, or a pattern of them. */
export function checkAllowedModel(path: Path, model: unknown, names: Names, report: Report): void {
  if (typeof model !== "string" || model.includes("*") || !names.models || names.models.has(model)) return;
  if (model.includes("/")) checkTarget(path, model, names, report);
  else report(path, `no model "${model}"`, nearest(model, names.models));
}

function checkRests(breaker: Record<string, unknown>, report: Report): void {
  const { openMs = 0, maxOpenMs = Number.POSITIVE_INFINITY } = breaker;
  if (Number(openMs) > Number(maxOpenMs)) {
    report(["resilience", "breaker", "maxOpenMs"], `is under openMs (${openMs})`);
  }
}

function fallbacksOf(models: unknown): Map<string, readonly string[]> {
  const isText = (value: unknown): value is string => typeof value === "string";
  return new Map(entries(models).map(([name, model]) => [name, list(object(model)["fallbacks"]).filter(isText)]));
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function entries(value: unknown): [string, unknown][] {
  return Object.entries(object(value));
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Which budgets a call has to stay within: those of the gateway, of its customer, team and key, and those its end user
 * has under any of these. Built once per configuration; what it costs per call is a look-up in a Map.
 */
import type { Target } from "../canonical/attempt.ts";
import type { Principal } from "../canonical/call.ts";
import { type Period, windowKind } from "./windows.ts";

export type Scope = "gateway" | "customer" | "team" | "key" | "user";

/** As declared by an operator. */
export interface BudgetRule {
  limitNanoUsd: number;
  per: Period;
  /** Counts only this public model; null: all. */
  model: string | null;
  /** Counts only this provider; null: all. */
  provider: string | null;
  rolling: boolean;
}

export interface LevelRules {
  /** Shown to people; of a key also what the configuration calls it. */
  name: string;
  budgets: readonly BudgetRule[];
  /** For each end user. */
  perUser: readonly BudgetRule[];
}

export interface LevelsOptions {
  gateway: readonly BudgetRule[];
  /** By name. */
  customers: ReadonlyMap<string, LevelRules>;
  teams: ReadonlyMap<string, LevelRules>;
  /** By the principal's id. */
  keys: ReadonlyMap<string, LevelRules>;
}

/** One budget of one level. */
export interface Budget extends BudgetRule {
  /**
   * Stable over restarts and changes of the limit: a JSON array of scope, identity and rule, so that nothing a name
   * holds can make two budgets the same.
   */
  id: string;
  scope: Scope;
  name: string;
  /** Of an end user's: the level that declares it for each of its users. */
  of?: { scope: Exclude<Scope, "gateway" | "user">; name: string };
}

export interface Levels {
  /** Whether any budget exists at all. */
  any: boolean;
  /** Budgets of all levels but users, for status and metrics. */
  all: readonly Budget[];
  /** Those of one call, whatever its target. */
  of(principal: Principal, user: string | undefined): readonly Budget[];
  /** A budget that only the store remembers, by its id; undefined where its level or rule is gone. */
  byId(id: string): Budget | undefined;
}

/** Users whose budgets are kept ready at once; beyond, the oldest are made anew when they come back. */
const MAX_KEPT_USERS = 10_000;

export function createLevels(options: LevelsOptions): Levels {
  const gateway = budgetsOf("gateway", "gateway", "gateway", options.gateway);
  const fixed = new Map<string, Budget>();
  const keep = (budgets: readonly Budget[]) => {
    for (const budget of budgets) fixed.set(budget.id, budget);
    return budgets;
  };
  keep(gateway);
  const levelOf = (scope: "customer" | "team" | "key", identity: string, rules: LevelRules): Level => ({
    scope,
    identity,
    name: rules.name,
    budgets: keep(budgetsOf(scope, identity, rules.name, rules.budgets)),
    perUser: rules.perUser,
  });
  const build = (scope: "customer" | "team" | "key", rules: ReadonlyMap<string, LevelRules>) =>
    new Map([...rules].map(([identity, level]) => [identity, levelOf(scope, identity, level)]));
  const customers = build("customer", options.customers);
  const teams = build("team", options.teams);
  const keys = build("key", options.keys);
  const kept = new Map<string, readonly Budget[]>();

  const make = ({ id, team, customer }: Principal, user: string | undefined): readonly Budget[] => {
    const levels = [customers.get(customer ?? ""), teams.get(team ?? ""), keys.get(id)].filter(
      (level) => level !== undefined,
    );
    const users = user === undefined ? [] : levels.flatMap((level) => userBudgets(level, user));
    return [...gateway, ...levels.flatMap(({ budgets }) => budgets), ...users];
  };

  return {
    any: fixed.size > 0 || [...customers, ...teams, ...keys].some(([, { perUser }]) => perUser.length > 0),
    all: [...fixed.values()],
    of(principal, user) {
      const { id, team, customer } = principal;
      const known = `${id}\n${team ?? ""}\n${customer ?? ""}\n${user ?? ""}`;
      let budgets = kept.get(known);
      if (budgets) return budgets;
      budgets = make(principal, user);
      if (kept.size >= MAX_KEPT_USERS) kept.delete(kept.keys().next().value!);
      kept.set(known, budgets);
      return budgets;
    },
    byId(id) {
      const budget = fixed.get(id);
      if (budget) return budget;
      const [scope, name, holder, identity] = JSON.parse(id) as string[];
      if (scope !== "user" || name === undefined || identity === undefined) return undefined;
      const level = { customer: customers, team: teams, key: keys }[holder ?? ""]?.get(identity);
      return level && userBudgets(level, name).find((candidate) => candidate.id === id);
    },
  };
}

interface Level {
  scope: Exclude<Scope, "gateway" | "user">;
  identity: string;
  name: string;
  budgets: readonly Budget[];
  perUser: readonly BudgetRule[];
}

function userBudgets({ scope, identity, name, perUser }: Level, user: string): Budget[] {
  return merged(
    perUser.map((rule) => ({
      ...rule,
      scope: "user",
      name: user,
      of: { scope, name },
      id: idOf(["user", user, scope, identity], rule),
    })),
  );
}

function budgetsOf(scope: Scope, identity: string, name: string, rules: readonly BudgetRule[]): Budget[] {
  return merged(rules.map((rule) => ({ ...rule, scope, name, id: idOf([scope, identity], rule) })));
}

function idOf(holder: readonly string[], { per, rolling, model, provider }: BudgetRule): string {
  return JSON.stringify([...holder, windowKind(per, rolling), model, provider]);
}

/** The same window twice on one level: the lower limit holds. */
function merged(budgets: readonly Budget[]): Budget[] {
  const byId = new Map<string, Budget>();
  for (const budget of budgets) {
    const other = byId.get(budget.id);
    if (!other || budget.limitNanoUsd < other.limitNanoUsd) byId.set(budget.id, budget);
  }
  return [...byId.values()];
}

/** Whether a budget counts what a call of this public model costs at this target. */
export function counts(budget: Budget, model: string, target: Target): boolean {
  return (
    (budget.model === null || budget.model === model || budget.model === target.name) &&
    (budget.provider === null || budget.provider === target.provider)
  );
}

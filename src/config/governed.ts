/** Budgets and limits of everybody who may call, in the form in which they are held against a call. */
import { createLevels, type LevelRules, type Levels } from "../budget/levels.ts";
import { createLimitLevels, type LevelLimits, type LimitLevelsOf } from "../policies/limit-levels.ts";
import type { AccessLevelConfig, BudgetConfig, LimitConfig } from "./config.ts";

type Level = Pick<AccessLevelConfig, "budgets" | "limits" | "perUser"> & { readonly name: string };

/** What is in force, whether the file declares it or the API made it. */
export interface GovernedAccess {
  readonly budgets: readonly BudgetConfig[];
  readonly limits: LimitConfig;
  readonly customers: readonly Level[];
  readonly teams: readonly Level[];
  /** `id`: that of the principal. */
  readonly keys: readonly (Level & { readonly id: string })[];
}

export interface Governed {
  budgets: Levels;
  limits: LimitLevelsOf;
}

export function governedBy({ budgets, limits, customers, teams, keys }: GovernedAccess): Governed {
  const byName = <T>(levels: readonly Level[], pick: (level: Level) => T) =>
    new Map(levels.map((level) => [level.name, pick(level)]));
  const byId = <T>(pick: (level: Level) => T) => new Map(keys.map((key) => [key.id, pick(key)]));
  return {
    budgets: createLevels({
      gateway: budgets,
      customers: byName(customers, budgetRules),
      teams: byName(teams, budgetRules),
      keys: byId(budgetRules),
    }),
    limits: createLimitLevels({
      gateway: limits,
      customers: byName(customers, limitRules),
      teams: byName(teams, limitRules),
      keys: byId(limitRules),
    }),
  };
}

function budgetRules({ name, budgets, perUser }: Level): LevelRules {
  return { name, budgets, perUser: perUser.budgets };
}

function limitRules({ name, limits, perUser }: Level): LevelLimits {
  return { name, limits, perUser: perUser.limits };
}

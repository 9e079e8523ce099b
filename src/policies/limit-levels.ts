/** Whose limits a call has to keep: those of the gateway, its customer, team and key, and of its end user under these. */
import type { Principal } from "../canonical/call.ts";

export interface LimitRules {
  requestsPerMinute?: number;
  tokensPerMinute?: number;
  requestsPerDay?: number;
  maxConcurrent?: number;
}

export interface LevelLimits {
  /** Shown to people. */
  name: string;
  limits: LimitRules;
  /** For each end user. */
  perUser: LimitRules;
}

export interface LimitOptions {
  gateway: LimitRules;
  /** By name. */
  customers: ReadonlyMap<string, LevelLimits>;
  teams: ReadonlyMap<string, LevelLimits>;
  /** By the principal's id. */
  keys: ReadonlyMap<string, LevelLimits>;
}

export interface LimitLevel {
  /** Identity of its counters, over restarts and reloads. */
  id: string;
  /** For messages: `team "search"`. */
  label: string;
  limits: LimitRules;
}

/** Callers whose levels are kept ready. */
const MAX_KEPT = 10_000;

/** The levels of one caller that have limits. */
export type LimitLevelsOf = (principal: Principal, user: string | undefined) => readonly LimitLevel[];

export function createLimitLevels(options: LimitOptions): LimitLevelsOf {
  const kept = new Map<string, readonly LimitLevel[]>();
  const none: readonly LimitLevel[] = [];
  const make = ({ id, team, customer }: Principal, user: string | undefined): readonly LimitLevel[] => {
    const found: LimitLevel[] = [];
    const add = (id: string, label: string, limits: LimitRules) => {
      if (Object.values(limits).some((limit) => limit !== undefined)) found.push({ id, label, limits });
    };
    add("gateway", "the gateway", options.gateway);
    const levels = [
      ["customer", customer, options.customers],
      ["team", team, options.teams],
      ["key", id, options.keys],
    ] as const;
    for (const [scope, identity, rules] of levels) {
      const level = identity === undefined ? undefined : rules.get(identity);
      if (!level || identity === undefined) continue;
      add(JSON.stringify([scope, identity]), `${scope} "${level.name}"`, level.limits);
      if (user !== undefined) add(JSON.stringify(["user", user, scope, identity]), `user "${user}"`, level.perUser);
    }
    return found.length > 0 ? found : none;
  };
  return (principal, user) => {
    const { id, team, customer } = principal;
    const known = `${id}\n${team ?? ""}\n${customer ?? ""}\n${user ?? ""}`;
    let levels = kept.get(known);
    if (levels) return levels;
    levels = make(principal, user);
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!);
    kept.set(known, levels);
    return levels;
  };
}

/** The layered keys as the access policy takes them. */
import type { AccessOptions, AccessRules, EnclosingLevel } from "../policies/access.ts";
import type { AccessLevelConfig } from "./config.ts";
import type { LayeredAccess, LayeredKey, LayeredLevel } from "./layered-access.ts";

export function accessOptionsOf({ require, keys, teams, customers }: LayeredAccess): AccessOptions {
  const teamsByName = new Map(teams.map((team) => [team.name, team]));
  const customersByName = new Map(customers.map((customer) => [customer.name, customer]));
  return {
    require,
    keys: keys.map((key) => {
      const team = key.team === null ? undefined : teamsByName.get(key.team);
      const customer = key.customer === null ? undefined : customersByName.get(key.customer);
      return {
        ...rulesOf(key.name, key),
        id: key.id,
        hash: key.hash,
        previous: key.previous ?? undefined,
        team: key.team ?? undefined,
        customer: key.customer ?? undefined,
        // The nearer level's word counts.
        tags: tagsOf({ ...customer?.tags, ...team?.tags, ...key.tags }),
        within: enclosing(key, team, customer),
      };
    }),
  };
}

function enclosing(key: LayeredKey, team?: LayeredLevel, customer?: LayeredLevel): EnclosingLevel[] {
  const levels: EnclosingLevel[] = [];
  if (key.team !== null) levels.push({ level: "team", ...rulesOf(key.team, team) });
  if (key.customer !== null) levels.push({ level: "customer", ...rulesOf(key.customer, customer) });
  return levels;
}

/** A level that is gone cannot be asked for its limits, so what belongs to it is refused. */
function rulesOf(name: string, level: AccessLevelConfig | undefined): AccessRules {
  if (!level) return { name, disabled: true };
  return {
    name,
    models: level.models ?? undefined,
    providers: level.providers ?? undefined,
    ips: level.ips ?? undefined,
    expiresAtMs: level.expiresMs ?? undefined,
    disabled: level.disabled,
  };
}

function tagsOf(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined {
  return Object.keys(tags).length > 0 ? tags : undefined;
}

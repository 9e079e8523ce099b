/** Everything of the hierarchy that the reader may see. */
import type { Budget, List, Stats } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import type { Range } from "../../ranges.ts";
import { READERS } from "../../roles.ts";
import { useHolder } from "../../session.tsx";
import type { Parts } from "./tree.ts";
import type { Level } from "./types.ts";

const MAX_ROWS = 1_000;
const REFRESH_MS = 10_000;

export function useRecords(range: Range) {
  const { role, team } = useHolder();
  const reads = READERS.includes(role);
  const list = `limit=${MAX_ROWS}`;
  const keys = useData<List<Level>>(`/admin/keys?${list}`, REFRESH_MS);
  const teams = useData<List<Level>>(reads ? `/admin/teams?${list}` : null, REFRESH_MS);
  const customers = useData<List<Level>>(reads ? `/admin/customers?${list}` : null, REFRESH_MS);
  const budgets = useData<List<Budget>>(`/admin/budgets?${list}`, REFRESH_MS);
  const stats = useData<Stats>(`/admin/stats?from=-${range.name}&group_by=key`, REFRESH_MS);
  const all = [keys, teams, customers, budgets, stats];
  const isReady = keys.data && budgets.data && stats.data && (!reads || (teams.data && customers.data));
  const parts: Parts | undefined = isReady
    ? {
        keys: keys.data!.data,
        // A team may not list teams; it knows that there is its own.
        teams: teams.data?.data ?? (team === undefined ? [] : [ownTeam(team)]),
        customers: customers.data?.data ?? [],
        budgets: budgets.data!.data,
        stats: stats.data!.data,
      }
    : undefined;
  return {
    parts,
    /** Where there are more than one answer holds. */
    cut: [keys, teams, customers, budgets].some(({ data }) => data?.next),
    error: all.find(({ error }) => error)?.error,
    reload() {
      for (const one of all) one.reload();
    },
  };
}

function ownTeam(name: string): Level {
  const unset = { budgets: null, limits: null, perUser: null, models: null, providers: null, tags: null };
  return {
    ...unset,
    id: "",
    name,
    origin: "api",
    expires: null,
    ips: null,
    disabled: false,
    customer: null,
    created_at: null,
    updated_at: null,
  };
}

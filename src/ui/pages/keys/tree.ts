/** The hierarchy: gateway, its customers, their teams, their keys, and the end users of any; who is near a limit first. */
import type { Budget, StatsRow } from "../../api/types.ts";
import { nanoUsd } from "../../format.ts";
import { byNearness, nearness } from "../../nearness.ts";
import type { Kind, Level } from "./types.ts";

export interface Node {
  scope: Budget["scope"];
  name: string;
  depth: number;
  /** Absent: the gateway, and end users. */
  record?: { kind: Kind; view: Level };
  /** The nearest to its limit first. */
  budgets: readonly Budget[];
  /** How near its nearest budget is to its limit, and the nearest of any below it. */
  share: number;
  nearest: number;
  requests: number;
  costNanoUsd: bigint;
}

export interface Parts {
  keys: readonly Level[];
  teams: readonly Level[];
  customers: readonly Level[];
  budgets: readonly Budget[];
  /** By key. */
  stats: readonly StatsRow[];
}

interface Grown {
  node: Omit<Node, "depth" | "nearest">;
  below: Grown[];
}

/** Depth first, as a table shows it. */
export function treeOf(parts: Parts): Node[] {
  const held = Map.groupBy(parts.budgets, ({ scope, name, of }) =>
    of ? `users of ${of.scope} ${of.name}` : `${scope} ${name}`,
  );
  const usersOf = (scope: string, name: string): Grown[] =>
    [...Map.groupBy(held.get(`users of ${scope} ${name}`) ?? [], (budget) => budget.name)].map(([user, budgets]) =>
      grown({ scope: "user", name: user }, budgets, []),
    );
  const levelOf = (kind: Kind, scope: "key" | "team" | "customer", view: Level, below: Grown[]): Grown =>
    grown(
      { scope, name: view.name, record: { kind, view } },
      held.get(`${scope} ${view.name}`) ?? [],
      [...below, ...usersOf(scope, view.name)],
      scope === "key" ? parts.stats.filter(({ key }) => key === view.name) : [],
    );
  const keysOf = (team: string | null, customer: string | null) =>
    parts.keys
      .filter((key) => (key.team ?? null) === team && (team !== null || (key.customer ?? null) === customer))
      .map((key) => levelOf("keys", "key", key, []));
  const teamsOf = (customer: string | null) =>
    parts.teams
      .filter((team) => (team.customer ?? null) === customer)
      .map((team) => levelOf("teams", "team", team, keysOf(team.name, null)));
  const customers = parts.customers.map((customer) =>
    levelOf("customers", "customer", customer, [...teamsOf(customer.name), ...keysOf(null, customer.name)]),
  );
  const gateway = grown({ scope: "gateway", name: "Gateway" }, held.get("gateway gateway") ?? [], [
    ...customers,
    ...teamsOf(null),
    ...keysOf(null, null),
  ]);
  return flat(gateway, 0);
}

function grown(
  what: Pick<Node, "scope" | "name" | "record">,
  budgets: readonly Budget[],
  below: Grown[],
  own: readonly StatsRow[] = [],
): Grown {
  const sorted = [...budgets].sort(byNearness);
  return {
    node: {
      ...what,
      budgets: sorted,
      share: sorted[0] ? nearness(sorted[0]) : 0,
      requests: sum(own, (row) => row.requests) + sum(below, ({ node }) => node.requests),
      costNanoUsd: [...own.map((row) => nanoUsd(row.cost_usd)), ...below.map(({ node }) => node.costNanoUsd)].reduce(
        (total, cost) => total + cost,
        0n,
      ),
    },
    below,
  };
}

function flat({ node, below }: Grown, depth: number): Node[] {
  const nearestOf = (one: Grown): number => Math.max(one.node.share, ...one.below.map(nearestOf));
  const ordered = below.map((one) => ({ one, nearest: nearestOf(one) })).sort((a, b) => inOrder(a, b));
  const nearest = nearestOf({ node, below });
  return [{ ...node, depth, nearest }, ...ordered.flatMap(({ one }) => flat(one, depth + 1))];
}

interface Ranked {
  one: Grown;
  nearest: number;
}

/** End users come last, for there may be many; else who is near a limit comes first. */
function inOrder(a: Ranked, b: Ranked): number {
  const isUser = ({ one }: Ranked) => Number(one.node.scope === "user");
  return isUser(a) - isUser(b) || b.nearest - a.nearest || (a.one.node.name < b.one.node.name ? -1 : 1);
}

/** The levels above, the next one first. */
export function above(nodes: readonly Node[], at: number): Node[] {
  const found: Node[] = [];
  for (let index = at - 1, depth = nodes[at]?.depth ?? 0; index >= 0 && depth > 0; index--) {
    const node = nodes[index]!;
    if (node.depth >= depth) continue;
    found.push(node);
    depth = node.depth;
  }
  return found;
}

/** The levels below, depth first. */
export function below(nodes: readonly Node[], at: number): Node[] {
  const end = nodes.findIndex(({ depth }, index) => index > at && depth <= nodes[at]!.depth);
  return nodes.slice(at + 1, end < 0 ? undefined : end);
}

/** What holds the text, what is below it, and the way there. */
export function matching(nodes: readonly Node[], text: string): Node[] {
  if (text === "") return [...nodes];
  const wanted = text.toLowerCase();
  const fits = ({ name, record }: Node) =>
    [name, record?.view.id, record?.view.prefix].some((part) => part?.toLowerCase().includes(wanted));
  const kept = new Set<number>();
  for (const [index, node] of nodes.entries()) {
    if (!fits(node)) continue;
    kept.add(index);
    for (const other of [...above(nodes, index), ...below(nodes, index)]) kept.add(nodes.indexOf(other));
  }
  return nodes.filter((_, index) => kept.has(index));
}

function sum<T>(rows: readonly T[], value: (row: T) => number): number {
  return rows.reduce((total, row) => total + value(row), 0);
}

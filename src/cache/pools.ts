/**
 * Evidence by namespace: what was verified, and what may be served for it. A namespace is one partition and one model,
 * because a bound holds for the traffic it was measured on; pooling tenants would also let one of them open cells for
 * another. Hits that needed a judge's yes have a pool of their own.
 */
import type { Rule } from "./decide.ts";
import { type Cell, type Counts, evidenceRule, hasDrifted, type ServedCell, servedCells } from "./evidence.ts";

export interface Namespace {
  /** Who the partition is: name of the key, team or customer. */
  who: string;
  partition: string;
  model: string;
  judged: boolean;
}

export interface PoolView extends Namespace, Counts {
  maxWrongPercent: number;
  /** Cells with any evidence, strictest first. */
  cells: ServedCell[];
  /** When it last switched itself off. */
  driftedAtMs: number | null;
}

export interface Pools {
  /** What may be served; undefined: nothing. */
  rule(namespace: Namespace, maxWrongPercent: number): Rule | undefined;
  /**
   * Counts one verified hit. `whileServing`: it would have been served. `drift`: recent hits show more wrong ones than
   * are allowed, so all evidence of the namespace is void, and serving begins anew with new evidence. `stopped`: with
   * this hit the evidence no longer bears any serving; with more of it that may resume.
   */
  add(
    namespace: Namespace,
    cell: Cell,
    hit: { wrong: boolean; whileServing: boolean; atMs: number },
  ): "drift" | "stopped" | undefined;
  views(): PoolView[];
  /** What has changed since the last call, to be kept beyond the process. */
  changed(): Record<string, string>;
}

interface Pool {
  namespace: Namespace;
  counts: Map<Cell, Counts>;
  /** Verified while serving, in order of time: `1` is wrong. */
  recent: string;
  driftedAtMs: number | null;
  maxWrongPercent: number;
  served?: { maxWrongPercent: number; cells: ServedCell[]; rule: Rule | undefined };
}

const NOTE = "pool:";
/** As many as drift is looked for in. */
const MAX_RECENT = 200;
/** Past it the pool that changed longest ago is forgotten. */
const MAX_POOLS = 10_000;

/** `notes`: what `changed` gave before. */
export function createPools(notes: Readonly<Record<string, string>>): Pools {
  const pools = new Map<string, Pool>();
  const dirty = new Set<string>();
  for (const [name, value] of Object.entries(notes)) {
    if (name.startsWith(NOTE)) pools.set(name, poolOf(value));
  }

  const of = (namespace: Namespace): Pool => {
    const name = nameOf(namespace);
    let pool = pools.get(name);
    if (!pool) {
      pool = { namespace, counts: new Map(), recent: "", driftedAtMs: null, maxWrongPercent: 0 };
      pools.set(name, pool);
      if (pools.size > MAX_POOLS) pools.delete(pools.keys().next().value!);
    }
    return pool;
  };

  const servedOf = (pool: Pool, maxWrongPercent: number) => {
    if (pool.served?.maxWrongPercent !== maxWrongPercent) {
      const cells = servedCells(pool.counts, maxWrongPercent);
      pool.maxWrongPercent = maxWrongPercent;
      pool.served = {
        maxWrongPercent,
        cells,
        rule: cells.some(({ served }) => served) ? evidenceRule(cells) : undefined,
      };
    }
    return pool.served;
  };

  return {
    rule: (namespace, maxWrongPercent) => servedOf(of(namespace), maxWrongPercent).rule,
    add(namespace, cell, { wrong, whileServing, atMs }) {
      const pool = of(namespace);
      const served = pool.served?.rule !== undefined;
      const counts = pool.counts.get(cell) ?? { verified: 0, wrong: 0 };
      pool.counts.set(cell, { verified: counts.verified + 1, wrong: counts.wrong + (wrong ? 1 : 0) });
      pool.served = undefined;
      dirty.add(nameOf(namespace));
      const stopped = () => (served && !servedOf(pool, pool.maxWrongPercent).rule ? "stopped" : undefined);
      if (!whileServing) return stopped();
      pool.recent = (pool.recent + (wrong ? "1" : "0")).slice(-MAX_RECENT);
      const recent = [...pool.recent].map((one) => ({ wrong: one === "1" }));
      if (!hasDrifted(recent, pool.maxWrongPercent)) return stopped();
      pool.counts.clear();
      pool.recent = "";
      pool.driftedAtMs = atMs;
      return "drift";
    },
    views: () =>
      [...pools.values()].map((pool) => {
        const cells = servedOf(pool, pool.maxWrongPercent).cells.filter(({ verified }) => verified > 0);
        const sum = (name: keyof Counts) => cells.reduce((total, cell) => total + cell[name], 0);
        return {
          ...pool.namespace,
          maxWrongPercent: pool.maxWrongPercent,
          verified: sum("verified"),
          wrong: sum("wrong"),
          cells,
          driftedAtMs: pool.driftedAtMs,
        };
      }),
    changed() {
      const values = [...dirty].flatMap((name) => {
        const pool = pools.get(name);
        return pool ? [[name, textOf(pool)] as const] : [];
      });
      dirty.clear();
      return Object.fromEntries(values);
    },
  };
}

function nameOf({ partition, model, judged }: Namespace): string {
  return NOTE + JSON.stringify([partition, model, judged]);
}

function textOf({ namespace, counts, recent, driftedAtMs, maxWrongPercent }: Pool): string {
  return JSON.stringify({ namespace, counts: [...counts], recent, driftedAtMs, maxWrongPercent });
}

function poolOf(text: string): Pool {
  const { counts, ...rest } = JSON.parse(text) as Omit<Pool, "counts"> & { counts: [Cell, Counts][] };
  return { ...rest, counts: new Map(counts) };
}

/** What the cache has saved, by kind of hit. Counted since the cache was made, restarts included. */
import { totalInput, totalOutput } from "../canonical/usage.ts";
import type { Entry } from "./entry.ts";

export interface Savings {
  hits: number;
  inputTokens: number;
  outputTokens: number;
  /** Of answers whose price is known. */
  costNanoUsd: number;
  ms: number;
}

export interface Totals {
  misses: number;
  exact: Savings;
  semantic: Savings;
  verified: number;
  wrong: number;
}

export interface TotalsCounter {
  read(): Totals;
  missed(): void;
  hit(kind: "exact" | "semantic", origin: Entry["origin"]): void;
  verified(wrong: boolean): void;
  /** Under its name, when it has changed since the last call. */
  changed(): Record<string, string>;
}

const NOTE = "totals";
const NOTHING: Savings = { hits: 0, inputTokens: 0, outputTokens: 0, costNanoUsd: 0, ms: 0 };

export function createTotals(notes: Readonly<Record<string, string>>): TotalsCounter {
  const totals: Totals = {
    misses: 0,
    verified: 0,
    wrong: 0,
    ...(notes[NOTE] !== undefined && (JSON.parse(notes[NOTE]) as Partial<Totals>)),
  } as Totals;
  totals.exact = { ...NOTHING, ...totals.exact };
  totals.semantic = { ...NOTHING, ...totals.semantic };
  let dirty = false;
  return {
    read: () => totals,
    missed() {
      totals.misses += 1;
      dirty = true;
    },
    hit(kind, { usage, costNanoUsd, tookMs }) {
      const savings = totals[kind];
      savings.hits += 1;
      savings.inputTokens += usage ? totalInput(usage) : 0;
      savings.outputTokens += usage ? totalOutput(usage) : 0;
      savings.costNanoUsd += costNanoUsd ?? 0;
      savings.ms += Math.round(tookMs);
      dirty = true;
    },
    verified(wrong) {
      totals.verified += 1;
      totals.wrong += wrong ? 1 : 0;
      dirty = true;
    },
    changed(): Record<string, string> {
      if (!dirty) return {};
      dirty = false;
      return { [NOTE]: JSON.stringify(totals) };
    },
  };
}

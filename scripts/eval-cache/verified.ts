/** Mode `verified` on labelled pairs: half of them are the evidence, the other half shows what it is worth. */
import { type Cell, type Counts, cellOf, evidenceRule, servedCells } from "../../src/cache/evidence.ts";
import type { Measured } from "./pairs.ts";

const SPLITS = 200;

export interface Outcome {
  /** Splits in which anything was served. */
  active: number;
  /** Share of the splits in which the wrong hits stayed under the limit, in per cent. */
  heldPercent: number;
  /** Mean share of the "same" pairs that were served, in per cent. */
  truePercent: number;
  /** Mean share of wrong ones among what was served, in per cent. */
  wrongPercent: number;
}

/**
 * `wrongShare` of the evidence are pairs that must not be served, as in traffic where most neighbours are the same
 * question; the rest are "same" pairs. Seeded: the same figures on every run.
 */
export function simulateVerified(pairs: readonly Measured[], maxWrongPercent: number, wrongShare: number): Outcome {
  const random = seeded(7);
  const eligible = pairs.filter((pair) => pair.eligible && cellOf(pair));
  const same = eligible.filter((pair) => pair.same);
  const others = eligible.filter((pair) => !pair.same);
  const draw = (count: number, from: readonly Measured[]) =>
    Array.from({ length: count }, () => from[Math.floor(random() * from.length)]!);
  let active = 0;
  let held = 0;
  let trueSum = 0;
  let wrongSum = 0;
  for (let split = 0; split < SPLITS; split++) {
    const evidence = count([...draw(3_000 * (1 - wrongShare), same), ...draw(3_000 * wrongShare, others)]);
    const rule = evidenceRule(servedCells(evidence, maxWrongPercent));
    const served = (list: readonly Measured[]) => list.filter(rule).length / list.length;
    const [trueShare, wrong] = [served(same) * (1 - wrongShare), served(others) * wrongShare];
    const share = trueShare + wrong === 0 ? 0 : (100 * wrong) / (trueShare + wrong);
    if (trueShare + wrong > 0) active += 1;
    if (share <= maxWrongPercent) held += 1;
    trueSum += 100 * served(same);
    wrongSum += share;
  }
  return { active, heldPercent: (100 * held) / SPLITS, truePercent: trueSum / SPLITS, wrongPercent: wrongSum / SPLITS };
}

function count(sample: readonly Measured[]): Map<Cell, Counts> {
  const counts = new Map<Cell, Counts>();
  for (const pair of sample) {
    const cell = cellOf(pair)!;
    const known = counts.get(cell) ?? { verified: 0, wrong: 0 };
    counts.set(cell, { verified: known.verified + 1, wrong: known.wrong + Number(!pair.same) });
  }
  return counts;
}

/** mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

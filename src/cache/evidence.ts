/**
 * How often a score was wrong, and what may be served on that evidence. Scores are cells (guard level, cosine band),
 * ordered from the strictest on. Whether a bound holds is tested in that fixed order and testing stops at the first
 * cell that fails, so that the chance of serving beyond the bound stays at 5 % however many cells are tested
 * (fixed-sequence testing; Clopper–Pearson bounds are exact, so they hold for few samples too).
 */
import type { Rule, Score } from "./decide.ts";
import { type GuardLevel, MAX_LEVEL } from "./guards/ladder.ts";

/** Chance that a bound is wrong. */
const ALPHA = 0.05;
/** Lower edges of the cosine bands, from the strictest on. */
const COSINE_BANDS = [0.98, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7] as const;
/** Below level 2 nothing is ever served: numbers, literals and negations differ. */
const LOWEST_LEVEL: GuardLevel = 2;
/** Samples of a cell among which drift is looked for. */
const DRIFT_WINDOW = 200;
/** A cell with fewer samples waits: the good record of the cells before it says little about it. */
const MIN_CELL_SAMPLES = 20;

/** `level/band`, for example `6/0.90`. A hit by the canonical key is `6/0.98`. */
export type Cell = `${GuardLevel}/${string}`;

export interface Counts {
  verified: number;
  wrong: number;
}

/** The cell of a score; undefined where nothing is ever served. */
export function cellOf({ level, cosine }: Score): Cell | undefined {
  if (level < LOWEST_LEVEL) return undefined;
  const band = COSINE_BANDS.find((edge) => cosine >= edge);
  return band === undefined ? undefined : `${level}/${band.toFixed(2)}`;
}

/** All cells, strictest first: every band of the highest level, then of the next. */
export const CELLS: readonly Cell[] = levels().flatMap((level) =>
  COSINE_BANDS.map((band): Cell => `${level}/${band.toFixed(2)}`),
);

export interface ServedCell extends Counts {
  cell: Cell;
  /** Upper bound of the share of wrong hits in per cent, at 95 %. 100 without evidence. */
  atMostPercent: number;
  served: boolean;
}

/**
 * Which cells may be served so that the share of wrong hits among all that is served stays under `maxWrongPercent`
 * (over 0, at most 100). A cell joins those before it: the bound is tested on the pool of all cells up to it, since that
 * is what would be served.
 */
export function servedCells(evidence: ReadonlyMap<Cell, Counts>, maxWrongPercent: number): ServedCell[] {
  const pool: Counts = { verified: 0, wrong: 0 };
  let open = true;
  return CELLS.map((cell) => {
    const counts = evidence.get(cell) ?? { verified: 0, wrong: 0 };
    const own = 100 * upperBound(counts.wrong, counts.verified);
    // Too few to say anything: not served, and no reason to stop either. Decided by the count alone, never by outcomes,
    // which would spoil the test.
    if (counts.verified < MIN_CELL_SAMPLES) return { cell, ...counts, atMostPercent: own, served: false };
    pool.verified += counts.verified;
    pool.wrong += counts.wrong;
    open &&= 100 * upperBound(pool.wrong, pool.verified) <= maxWrongPercent && !isSuspect(counts, maxWrongPercent);
    return { cell, ...counts, atMostPercent: own, served: open };
  });
}

/** The rule of mode `verified`: serve what the evidence allows. */
export function evidenceRule(cells: readonly ServedCell[]): Rule {
  const served = new Set(cells.filter((cell) => cell.served).map(({ cell }) => cell));
  return (score) => {
    const cell = cellOf(score);
    return cell !== undefined && served.has(cell);
  };
}

/**
 * Clopper–Pearson: the highest share of wrong ones (0 to 1) under which finding at most `wrong` of `verified` is not
 * less likely than 5 %. 0 of 59, 149, 299 give 5, 2, 1 %.
 */
export function upperBound(wrong: number, verified: number, alpha = ALPHA): number {
  if (verified <= 0 || wrong >= verified) return 1;
  let low = wrong / verified;
  let high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (binomialAtMost(wrong, verified, middle) > alpha) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Whether recent verifications of what is being served show more wrong hits than allowed: so many wrong ones among the
 * last `DRIFT_WINDOW` as would come by chance in less than 5 % if the limit held. `recent` is in order of time.
 */
export function hasDrifted(recent: readonly { wrong: boolean }[], maxWrongPercent: number): boolean {
  const window = recent.slice(-DRIFT_WINDOW);
  const wrong = window.filter((sample) => sample.wrong).length;
  return wrong > 0 && isMoreThan(wrong, window.length, maxWrongPercent / 100);
}

/** A cell that is itself worse than the limit must not hide behind the good ones before it. */
function isSuspect({ wrong, verified }: Counts, maxWrongPercent: number): boolean {
  return wrong > 0 && isMoreThan(wrong, verified, maxWrongPercent / 100);
}

function isMoreThan(wrong: number, verified: number, share: number): boolean {
  return 1 - binomialAtMost(wrong - 1, verified, share) < ALPHA;
}

/** Chance of at most `k` of `n` when each has chance `p`. Summed in logarithms: n runs into the thousands. */
function binomialAtMost(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (p <= 0 || k >= n) return 1;
  if (p >= 1) return 0;
  let term = n * Math.log1p(-p);
  let sum = Math.exp(term);
  for (let i = 1; i <= k; i++) {
    term += Math.log(((n - i + 1) / i) * (p / (1 - p)));
    sum += Math.exp(term);
  }
  return Math.min(1, sum);
}

function levels(): GuardLevel[] {
  const all: GuardLevel[] = [];
  for (let level: number = MAX_LEVEL; level >= LOWEST_LEVEL; level--) all.push(level as GuardLevel);
  return all;
}

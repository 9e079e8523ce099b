/** The name a person probably meant. */

/**
 * The closest of `candidates`, or undefined when none is close: at most a third of the longer name's letters differ
 * by insertion, deletion, replacement or a swap of neighbours (Damerau-Levenshtein), case aside. A name that only
 * lacks or adds an ending (`ttl` for `ttlMs`) is close too.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  const wanted = name.slice(0, MAX_COMPARED).toLowerCase();
  for (const candidate of candidates) {
    const other = candidate.slice(0, MAX_COMPARED).toLowerCase();
    const score = isPrefixPair(wanted, other) ? 0.5 : distance(wanted, other);
    const allowed = Math.floor(Math.max(wanted.length, other.length) / 3);
    if (score <= allowed && score < bestScore) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}

/** Names of clients and files are unbounded, the comparison is quadratic. */
const MAX_COMPARED = 64;
/** Shorter beginnings are too common to mean anything. */
const MIN_PREFIX = 3;

function isPrefixPair(a: string, b: string): boolean {
  return a !== b && Math.min(a.length, b.length) >= MIN_PREFIX && (a.startsWith(b) || b.startsWith(a));
}

/** Optimal string alignment over three rows. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}

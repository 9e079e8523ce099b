/** Models that got stuck say the same again and again: one line many times, or few different runs of four words. */
const MIN_WORDS = 40;
const RUN_WORDS = 4;
/** Prose has nearly all runs different; lists and code about half. */
const MIN_DISTINCT_SHARE = 0.35;
const MAX_SAME_LINES = 5;
/** More than any answer has to be looked at to be known. */
const MAX_CHARS = 100_000;

export function isRepetitive(text: string): boolean {
  const seen = text.slice(0, MAX_CHARS);
  return hasSameLines(seen) || hasFewRuns(seen);
}

function hasSameLines(text: string): boolean {
  let before = "";
  let count = 0;
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    // Empty lines and rules of dashes repeat in any document.
    if (!/\p{L}/u.test(line)) continue;
    count = line === before ? count + 1 : 1;
    before = line;
    if (count > MAX_SAME_LINES) return true;
  }
  return false;
}

function hasFewRuns(text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length < MIN_WORDS) return false;
  const runs = words.length - RUN_WORDS + 1;
  const distinct = new Set<string>();
  for (let at = 0; at < runs; at++) distinct.add(words.slice(at, at + RUN_WORDS).join(" "));
  return distinct.size / runs < MIN_DISTINCT_SHARE;
}

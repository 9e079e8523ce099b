import type { Lexicon } from "../lexicon/lexicon.ts";
import type { Word, WordKind } from "../parse/clause.ts";
import type { Question } from "../parse.ts";

/** Compares two questions and returns why one's answer may not be served for the other, or undefined. */
export type Guard = (a: Question, b: Question, lexicon: Lexicon) => string | undefined;

/** Keys of the words of some kinds, in order. */
export function keysOf(question: Question, ...kinds: WordKind[]): string[] {
  return allWords(question)
    .filter((word) => kinds.includes(word.kind))
    .map((word) => word.key);
}

export function allWords(question: Question): Word[] {
  return question.clauses.flatMap((clause) => clause.words);
}

/** What is in one list only, both ways, counting repeats. */
export function unshared<T>(a: readonly T[], b: readonly T[], key: (item: T) => string): { onlyA: T[]; onlyB: T[] } {
  const rest = new Map<string, number>();
  for (const item of b) rest.set(key(item), (rest.get(key(item)) ?? 0) + 1);
  const onlyA = a.filter((item) => !take(rest, key(item)));
  const onlyB: T[] = [];
  for (const item of b.toReversed()) if (take(rest, key(item))) onlyB.unshift(item);
  return { onlyA, onlyB };
}

function take(counts: Map<string, number>, key: string): boolean {
  const left = counts.get(key) ?? 0;
  if (left > 0) counts.set(key, left - 1);
  return left > 0;
}

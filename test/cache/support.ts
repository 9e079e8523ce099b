import { climb } from "../../src/cache/guards/ladder.ts";
import { loadLexicon } from "../../src/cache/lexicon/lexicon.ts";
import { parseQuestion } from "../../src/cache/parse.ts";

export const lexicon = loadLexicon();

export function question(text: string) {
  return parseQuestion(text, lexicon);
}

export function climbTexts(a: string, b: string) {
  return climb(question(a), question(b), lexicon);
}

/** mulberry32: seeded, so that a failure can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

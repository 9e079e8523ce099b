import { climb, type GuardLevel, MAX_LEVEL } from "./guards/ladder.ts";
import type { Lexicon } from "./lexicon/lexicon.ts";
import type { Question } from "./parse.ts";

/** With all guards passed the cosine decides nothing; below this two texts are hardly about the same thing. */
export const MIN_COSINE = 0.7;
/** Neighbours looked at; the right one is hardly ever further down. */
const MAX_CANDIDATES = 5;
/**
 * A judge is asked about nothing less similar: about half of all near misses lie above it. "How do I reset my password?"
 * and "Password reset instructions" are at .795.
 */
export const JUDGE_MIN_COSINE = 0.75;
/** Numbers, literals and negations are settled before a judge is asked. */
const JUDGE_MIN_LEVEL = 2;

export interface Candidate {
  id: string;
  question: Question;
  cosine: number;
}

/** A hit's score: how many rungs of guards it passed, and how similar the texts are. */
export interface Score {
  level: GuardLevel;
  cosine: number;
}

/** Whether a score is good enough to serve. */
export type Rule = (score: Score) => boolean;

/** The rule of mode `on`: every guard passed. */
export const strictRule: Rule = ({ level, cosine }) => level === MAX_LEVEL && cosine >= MIN_COSINE;

export interface Considered extends Score {
  id: string;
  /** Why it is not served: what the next guard found, or that the rule wants more. */
  reason?: string;
}

export interface Decision {
  /** The entry to serve. */
  hit?: Considered;
  /** The entry to ask a judge about, when none is served. */
  judge?: Considered;
  /** All that were looked at, best cosine first, for explain. */
  considered: Considered[];
}

/** Decides between the neighbours of a question. Pure: what to do with a hit is the mode's affair. */
export function decide(question: Question, candidates: readonly Candidate[], rule: Rule, lexicon: Lexicon): Decision {
  const considered = candidates
    .toSorted((a, b) => b.cosine - a.cosine)
    .slice(0, MAX_CANDIDATES)
    .map((candidate): Considered => {
      const { level, reason } = climb(question, candidate.question, lexicon);
      const score = { id: candidate.id, level, cosine: candidate.cosine };
      if (rule(score)) return score;
      return { ...score, reason: reason ?? `cosine ${candidate.cosine.toFixed(3)} is too low` };
    });
  const hit = considered.find(({ reason }) => reason === undefined);
  if (hit) return { hit, considered };
  const judge = considered.find(({ level, cosine }) => level >= JUDGE_MIN_LEVEL && cosine >= JUDGE_MIN_COSINE);
  return judge ? { judge, considered } : { considered };
}

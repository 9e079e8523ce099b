import type { Lexicon } from "../lexicon/lexicon.ts";
import type { Question } from "../parse.ts";
import { antonyms } from "./antonyms.ts";
import { closedClasses } from "./closed-classes.ts";
import { form } from "./form.ts";
import type { Guard } from "./guard.ts";
import { language } from "./language.ts";
import { literals } from "./literals.ts";
import { names } from "./names.ts";
import { negation } from "./negation.ts";
import { numbers } from "./numbers.ts";
import { order } from "./order.ts";
import { words } from "./words.ts";

/** How many rungs of the ladder a pair of questions passes; each includes those below it. */
export type GuardLevel = 0 | 1 | 2 | 3 | 4 | 5 | 6;
export const MAX_LEVEL = 6 satisfies GuardLevel;

/** From what must never differ to what hardly ever matters. */
const LADDER: readonly (readonly Guard[])[] = [
  [language, numbers, literals],
  [negation],
  [form, closedClasses, antonyms],
  [order],
  [names],
  [words],
];

export interface Climb {
  level: GuardLevel;
  /** Why not higher; absent at the top. */
  reason?: string;
}

/** The highest rung that the pair passes, with the first reason against the next. */
export function climb(a: Question, b: Question, lexicon: Lexicon): Climb {
  if (a.version !== b.version) return { level: 0, reason: "parsed by other rules" };
  if (a.canonical === b.canonical) return { level: MAX_LEVEL };
  for (const [below, guards] of LADDER.entries()) {
    for (const guard of guards) {
      const reason = guard(a, b, lexicon);
      if (reason !== undefined) return { level: below as GuardLevel, reason };
    }
  }
  return { level: MAX_LEVEL };
}

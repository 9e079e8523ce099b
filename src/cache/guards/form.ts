import type { Question } from "../parse.ts";
import type { Guard } from "./guard.ts";

/** The same thing is asked (how to, when, why, a price …), in the same tense. */
export const form: Guard = (a, b) => {
  const ofA = forms(a);
  const ofB = forms(b);
  return ofA === ofB ? undefined : `form: ${ofA} / ${ofB}`;
};

function forms(question: Question): string {
  return question.clauses.map(({ frame, tense }) => (tense ? `${frame} (${tense})` : frame)).join(", ");
}

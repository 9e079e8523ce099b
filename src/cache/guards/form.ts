import type { Question } from "../parse.ts";
import type { Guard } from "./guard.ts";

/** The same thing is asked (how to, when, why, a price …), in the same tense. */
export const form: Guard = (a, b) => {
  const ofA = forms(a);
  const ofB = forms(b);
  return ofA === ofB || alike(ofA) === alike(ofB) ? undefined : `form: ${ofA} / ${ofB}`;
};

/** "When did the wall fall" may be asked as "in which year did …": what is left must be equal anyway. */
function alike(forms: string): string {
  return forms === "when-year (past)" || forms === "when-time" || forms === "when-date"
    ? forms.replace(/-\w+/, "")
    : forms;
}

function forms(question: Question): string {
  return question.clauses.map(({ frame, tense }) => (tense ? `${frame} (${tense})` : frame)).join(", ");
}

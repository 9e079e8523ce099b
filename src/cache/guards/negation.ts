import { type Guard, keysOf } from "./guard.ts";

/** The same negating words: without garlic is not with garlic. */
export const negation: Guard = (a, b) => {
  const ofA = keysOf(a, "negation").sort();
  const ofB = keysOf(b, "negation").sort();
  return ofA.join(" ") === ofB.join(" ")
    ? undefined
    : `negation: ${ofA.join(" ") || "none"} / ${ofB.join(" ") || "none"}`;
};

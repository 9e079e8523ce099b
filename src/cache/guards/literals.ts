import { type Guard, keysOf } from "./guard.ts";

/** Quotes, code, paths, flags and identifiers must be equal to the letter, in the same order. */
export const literals: Guard = (a, b) =>
  keysOf(a, "literal").join("\n") === keysOf(b, "literal").join("\n")
    ? undefined
    : "literals: quoted text, code or identifiers";

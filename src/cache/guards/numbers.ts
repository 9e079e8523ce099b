import { type Guard, keysOf } from "./guard.ts";

/** Numbers, ordinals and currency signs must be the same ones in the same order: 48213 is not 48231. */
export const numbers: Guard = (a, b) => {
  const ofA = keysOf(a, "number", "ordinal");
  const ofB = keysOf(b, "number", "ordinal");
  return ofA.join(" ") === ofB.join(" ")
    ? undefined
    : `numbers: ${ofA.join(" ") || "none"} / ${ofB.join(" ") || "none"}`;
};

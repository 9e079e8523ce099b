import type { Guard } from "./guard.ts";

/** An English question is never served for one in another language. */
export const language: Guard = (a, b) => (a.english === b.english ? undefined : "language");

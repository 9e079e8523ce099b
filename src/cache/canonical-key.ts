import { createHash } from "node:crypto";
import type { Question } from "./parse.ts";

/**
 * A second exact key, which needs no model: questions that mean the same by the parse have the same key, inside one
 * context. 64 hexadecimal digits.
 */
export function canonicalKey(contextHash: string, question: Question): string {
  return createHash("sha256").update(`${contextHash}\n${question.canonical}`).digest("hex");
}

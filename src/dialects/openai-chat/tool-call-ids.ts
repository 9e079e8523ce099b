import { createHash } from "node:crypto";
import type { TargetTraits } from "../dialect.ts";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Mistral answers 422 to a tool-call id that is not exactly nine letters and digits. */
const MISTRAL_ID = /^[A-Za-z0-9]{9}$/;

/** The id as the target takes it: the same for a call and its result, and from turn to turn. */
export function fittingToolCallId(id: string, traits: TargetTraits): string {
  if (traits.toolCallIds !== "mistral" || MISTRAL_ID.test(id)) return id;
  const hash = createHash("sha256").update(id).digest();
  return Array.from(hash.subarray(0, 9), (byte) => LETTERS[byte % LETTERS.length]).join("");
}

import { createHash } from "node:crypto";

const MAX_CHARACTERS = 64;

/**
 * A tool-use id as Bedrock takes it: 1 to 64 of letters, digits and `_-`, for models other than Claude `.` and `:` too
 * (Kimi's `functions.get:0`, and its template reads them). A changed id is the same for a call and its result.
 */
export function toolUseId(id: string, isClaude: boolean): string {
  const plain = id.replace(isClaude ? /[^a-zA-Z0-9_-]/g : /[^a-zA-Z0-9_.:-]/g, "_");
  if (plain.length > 0 && plain.length <= MAX_CHARACTERS) return plain;
  return `t_${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
}

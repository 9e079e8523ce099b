import type { Part } from "../../canonical/chat.ts";

/** Reasoning without text that Gemini has signed stands for the signature of the part before it. */
export function attachSignatures(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    const signature = part.type === "reasoning" && part.text === "" ? part.redacted : undefined;
    const before = result.at(-1);
    const signs = before?.type === "tool-call" || before?.type === "text";
    if (signature?.origin === "gemini" && signs && !before.signature) {
      result[result.length - 1] = { ...before, signature };
    } else result.push(part);
  }
  return result;
}

/**
 * Gemini 3 checks the current turn, which begins after the last content that is the user's own words: in each of its
 * steps the first function call must carry its signature ("Thought signatures", ai.google.dev). A history that another
 * model has written, or a client that has dropped them, has none.
 */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { isObject, stringOf } from "./json.ts";
import { generationOf } from "./models.ts";
import { partsOf } from "./parse-part.ts";
import { camel } from "./proto-names.ts";

/** Where a signature is missing: indexes of content and part. Empty for models that do not ask. */
export function signatureGaps(contents: Json | undefined, model: string): [content: number, part: number][] {
  if (!Array.isArray(contents) || !generationOf(model).needsSignatures) return [];
  const start = contents.findLastIndex((content) => isObject(content) && isOwnWords(content));
  const gaps: [number, number][] = [];
  for (const [index, content] of contents.entries()) {
    if (index <= start || !isObject(content) || content["role"] !== "model") continue;
    const parts = partsOf(content).map(camel);
    const first = parts.findIndex((part) => isObject(part["functionCall"]));
    if (first >= 0 && stringOf(parts[first]!["thoughtSignature"]) === "") gaps.push([index, first]);
  }
  return gaps;
}

function isOwnWords(content: JsonObject): boolean {
  if (content["role"] === "model") return false;
  return partsOf(content).some((part) => !isObject(camel(part)["functionResponse"]));
}

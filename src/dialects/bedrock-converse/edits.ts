import type { JsonObject } from "../../canonical/chat.ts";
import type { BodyChanges } from "../dialect.ts";
import { FOREIGN_PREFIX } from "../foreign-signature.ts";
import type { Edit } from "../splice.ts";

/** Model and streaming are in the path. Undefined when the history holds another maker's signature. */
export function requestEdits(
  body: JsonObject,
  { traits, maxOutputTokens }: BodyChanges,
): { edits: Edit[]; warnings: string[] } | undefined {
  if (JSON.stringify(body["messages"]).includes(`":"${FOREIGN_PREFIX}`)) return undefined;
  const edits: Edit[] = [];
  const warnings: string[] = [];
  if (maxOutputTokens !== undefined)
    edits.push({ op: "set", path: ["inferenceConfig", "maxTokens"], value: maxOutputTokens });
  for (const field of traits.refuses ?? []) {
    if (body[field] === undefined) continue;
    edits.push({ op: "delete", path: [field] });
    warnings.push(field);
  }
  return { edits, warnings };
}

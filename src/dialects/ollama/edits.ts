import type { JsonObject } from "../../canonical/chat.ts";
import type { BodyChanges } from "../dialect.ts";
import type { Edit } from "../splice.ts";

/** Nothing in a history is signed, so everything is an edit. */
export function requestEdits(
  body: JsonObject,
  { traits, stream, maxOutputTokens }: BodyChanges,
): { edits: Edit[]; warnings: string[] } {
  const edits: Edit[] = [];
  const warnings: string[] = [];
  if (body["model"] !== traits.model) edits.push({ op: "set", path: ["model"], value: traits.model });
  // An absent field asks for a stream.
  if ((body["stream"] !== false) !== stream) edits.push({ op: "set", path: ["stream"], value: stream });
  if (maxOutputTokens !== undefined)
    edits.push({ op: "set", path: ["options", "num_predict"], value: maxOutputTokens });
  for (const field of traits.refuses ?? []) {
    if (body[field] === undefined) continue;
    edits.push({ op: "delete", path: [field] });
    warnings.push(field);
  }
  return { edits, warnings };
}

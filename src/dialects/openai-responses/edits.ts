import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { BodyChanges } from "../dialect.ts";
import { FOREIGN_PREFIX } from "../foreign-signature.ts";
import { isObject } from "../json-object.ts";
import { isNeutral } from "../openai-chat/json.ts";
import type { Edit } from "../splice.ts";

/** Undefined when the history holds another maker's reasoning: its items have to be taken out. */
export function requestEdits(
  body: JsonObject,
  changes: BodyChanges,
): { edits: Edit[]; warnings: string[] } | undefined {
  const { input } = body;
  return Array.isArray(input) && input.some(isForeignReasoning) ? undefined : topLevelEdits(body, changes);
}

/** What has to change beside the input. */
export function topLevelEdits(body: JsonObject, changes: BodyChanges): { edits: Edit[]; warnings: string[] } {
  const { traits, stream, maxOutputTokens } = changes;
  const edits: Edit[] = [];
  const warnings: string[] = [];
  if (body["model"] !== traits.model) edits.push({ op: "set", path: ["model"], value: traits.model });
  const written = body["stream"] === true;
  if (written !== stream) edits.push({ op: "set", path: ["stream"], value: stream });
  // OpenAI refuses the options of a stream that is none.
  if (written && !stream && body["stream_options"] !== undefined)
    edits.push({ op: "delete", path: ["stream_options"] });
  if (maxOutputTokens !== undefined && body["max_output_tokens"] !== maxOutputTokens)
    edits.push({ op: "set", path: ["max_output_tokens"], value: maxOutputTokens });
  // A stream is made in the foreground: OpenAI would keep a background one, which nobody here could ask it for.
  if (body["background"] === true) {
    edits.push({ op: "delete", path: ["background"] });
    warnings.push("background");
  }
  for (const field of traits.refuses ?? []) {
    if (body[field] === undefined) continue;
    edits.push({ op: "delete", path: [field] });
    if (!isNeutral(body[field])) warnings.push(field);
  }
  return { edits, warnings };
}

/** Reasoning that came from a model of another dialect, under whatever name it was handed out. */
export function isForeignReasoning(item: Json): boolean {
  if (!isObject(item) || item["type"] !== "reasoning") return false;
  const { encrypted_content: encrypted } = item;
  return typeof encrypted === "string" && encrypted.startsWith(FOREIGN_PREFIX);
}

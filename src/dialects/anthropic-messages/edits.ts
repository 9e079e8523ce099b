import type { JsonObject } from "../../canonical/chat.ts";
import type { BodyChanges } from "../dialect.ts";
import { FOREIGN_PREFIX } from "../foreign-signature.ts";
import type { Edit } from "../splice.ts";
import { fitThinking } from "./format-request.ts";
import { isObject } from "./json.ts";

/** Undefined when the history holds another maker's signature: its blocks have to be taken out. */
export function requestEdits(
  body: JsonObject,
  { traits, stream, maxOutputTokens }: BodyChanges,
): { edits: Edit[]; warnings: string[] } | undefined {
  if (hasForeignSignature(body["messages"])) return undefined;
  const edits: Edit[] = [];
  const warnings: string[] = [];
  if (body["model"] !== traits.model) edits.push({ op: "set", path: ["model"], value: traits.model });
  if ((body["stream"] === true) !== stream) edits.push({ op: "set", path: ["stream"], value: stream });
  if (maxOutputTokens !== undefined && body["max_tokens"] !== maxOutputTokens) {
    edits.push({ op: "set", path: ["max_tokens"], value: maxOutputTokens });
    const { thinking } = body;
    const fitted = isObject(thinking) ? fitThinking(thinking, maxOutputTokens) : thinking;
    if (fitted !== thinking) {
      edits.push(fitted ? { op: "set", path: ["thinking"], value: fitted } : { op: "delete", path: ["thinking"] });
      warnings.push("thinking");
    }
  }
  for (const field of traits.refuses ?? []) {
    if (body[field] === undefined) continue;
    edits.push({ op: "delete", path: [field] });
    warnings.push(field);
  }
  return { edits, warnings };
}

function hasForeignSignature(messages: unknown): boolean {
  if (!Array.isArray(messages)) return false;
  return messages.some(
    (message) => isObject(message) && Array.isArray(message["content"]) && message["content"].some(isForeignBlock),
  );
}

function isForeignBlock(block: unknown): boolean {
  if (!isObject(block)) return false;
  const wire =
    block["type"] === "thinking" ? block["signature"] : block["type"] === "redacted_thinking" && block["data"];
  return typeof wire === "string" && wire.startsWith(FOREIGN_PREFIX);
}

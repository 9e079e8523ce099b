/**
 * Output items as they go into the input of a later request, to any account. Ids are left out: an upstream looks up
 * what has one among its own, and insists on the reasoning that came before it.
 */
import type { Json, JsonObject } from "../canonical/chat.ts";
import { isObject } from "../dialects/json-object.ts";

export function keptItems(output: Json | undefined): Json[] {
  const items = Array.isArray(output) ? output.filter(isObject) : [];
  // Without its reasoning a call of the provider's own tools is refused, and what it found is in the text.
  const bare = items.some(isHidden);
  return items.flatMap((item) => {
    if (isHidden(item)) return [];
    if (!NAMELESS.has(String(item["type"]))) return bare ? [] : [item];
    return [keptItem(item)];
  });
}

/** One item by itself. */
export function keptItem({ id: _, status: __, ...item }: JsonObject): JsonObject {
  return item;
}

/** Reasoning that only the account which made it can read: nothing of it is in the item. */
export function isHidden(item: JsonObject): boolean {
  return item["type"] === "reasoning" && typeof item["encrypted_content"] !== "string";
}

/** Items that are understood without their id. */
const NAMELESS: ReadonlySet<string> = new Set(["message", "reasoning", "function_call", "custom_tool_call"]);

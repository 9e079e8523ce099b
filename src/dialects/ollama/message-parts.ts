/** One message's texts, thoughts, images and calls as canonical parts, in requests and in replies alike. */
import type { Json, JsonObject, Part, ToolCallPart } from "../../canonical/chat.ts";
import { isObject, textOf } from "../json-object.ts";

/** `callId` names the calls that have no id: the servers that give none tell results apart by their order. */
export function messageParts(message: JsonObject, callId: (index: number) => string): Part[] {
  const parts: Part[] = [];
  const thinking = textOf(message["thinking"]);
  const content = textOf(message["content"]);
  if (thinking !== "") parts.push({ type: "reasoning", text: thinking });
  if (content !== "") parts.push({ type: "text", text: content });
  parts.push(...imagesOf(message["images"]), ...toolCalls(message["tool_calls"], callId));
  return parts;
}

function imagesOf(images: Json | undefined): Part[] {
  if (!Array.isArray(images)) return [];
  return images.flatMap((data) =>
    typeof data === "string"
      ? [{ type: "image", source: { kind: "base64", mediaType: mediaTypeOf(data), data } } as const]
      : [],
  );
}

/** Images come without a type; their first bytes tell it. */
function mediaTypeOf(data: string): string {
  return MAGIC.find(([start]) => data.startsWith(start))?.[1] ?? "image/png";
}

const MAGIC = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
] as const;

export function toolCalls(calls: Json | undefined, callId: (index: number) => string): ToolCallPart[] {
  if (!Array.isArray(calls)) return [];
  return calls.filter(isObject).map((call, index) => {
    const { name, arguments: given } = isObject(call["function"]) ? call["function"] : {};
    return {
      type: "tool-call",
      id: textOf(call["id"]) || callId(index),
      name: textOf(name),
      arguments: typeof given === "string" ? given : JSON.stringify(given ?? {}),
    };
  });
}

/** Unique among the calls of a conversation, and the same whenever the answer is read. */
export function idsFrom(createdAt: string): (index: number) => string {
  const stamp = createdAt.replace(/\D/g, "");
  return (index) => `call_${stamp}_${index}`;
}

/** The conversation for an account that cannot open the encrypted reasoning in it. */
import type { ChatRequest, Json, JsonObject, Message, Part } from "../../canonical/chat.ts";
import { isObject } from "../json-object.ts";

export function withoutSealedReasoning(request: ChatRequest): ChatRequest {
  return { ...request, messages: request.messages.map(withoutSealed) };
}

function withoutSealed(message: Message): Message {
  const { content, spelling } = message;
  const items = spelling?.["items"];
  return {
    ...message,
    content: typeof content === "string" ? content : content.filter((part) => !isSealed(part)),
    ...(Array.isArray(items) && { spelling: { ...spelling, items: items.flatMap(openItem) } }),
  };
}

function isSealed(part: Part): boolean {
  if (part.type !== "reasoning") return false;
  return (part.redacted ?? part.signature)?.origin === "openai-responses";
}

/** Without its id: an item of the account's own, found by that, would not be taken without its reasoning. */
function openItem(item: Json): Json[] {
  if (!isObject(item)) return [item];
  if (item["type"] === "reasoning") return [];
  const { id: _, ...others }: JsonObject = item;
  return [NAMELESS.has(String(item["type"])) ? others : item];
}

const NAMELESS: ReadonlySet<string> = new Set(["message", "function_call", "custom_tool_call"]);

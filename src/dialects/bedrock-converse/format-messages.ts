/**
 * The conversation as Converse wants it: system prompt apart, user first, roles in turns, tool results first in their
 * turn, no blank text, a text beside every document. One that came in this dialect keeps its form; only what another
 * maker signed is taken out.
 */
import type { ChatRequest, JsonObject, Message, Part } from "../../canonical/chat.ts";
import {
  type ContentContext,
  formatCachePoint,
  formatForeignPart,
  formatOwnBlock,
  isBlank,
  isForeignReasoning,
} from "./format-content.ts";

interface Conversation {
  system: JsonObject[];
  messages: JsonObject[];
}

export function ownConversation(request: ChatRequest): Partial<Conversation> {
  const conversation: Partial<Conversation> & { messages: JsonObject[] } = { messages: [] };
  for (const [index, message] of request.messages.entries()) {
    const content = ownBlocks(partsOf(message));
    if (index === 0 && message.role === "system" && request.spelling?.["system"]) conversation.system = content;
    // A turn that held nothing but another maker's thoughts.
    else if (content.length > 0 || message.content.length === 0)
      conversation.messages.push({
        role: message.role === "assistant" ? "assistant" : "user",
        content,
        ...message.extra,
      });
  }
  return conversation;
}

function ownBlocks(parts: readonly Part[]): JsonObject[] {
  return parts.flatMap((part) => {
    if (isForeignReasoning(part)) return [];
    const wire = part.spelling?.["wire"] as JsonObject | undefined;
    const block = wire ?? { ...formatOwnBlock(part), ...part.extra };
    return part.cache ? [block, formatCachePoint(part.cache)] : [block];
  });
}

export function foreignConversation(request: ChatRequest, context: ContentContext): Conversation {
  const system: JsonObject[] = [];
  const turns: { role: "user" | "assistant"; blocks: JsonObject[] }[] = [];
  for (const message of request.messages) {
    if (message.name !== undefined) context.warn("participant");
    for (const key of Object.keys(message.extra ?? {})) context.warnRaw(`messages[].${key}`);
    const blocks = foreignBlocks(message, context);
    if (blocks.length === 0) continue;
    if (message.role === "system" || message.role === "developer") {
      system.push(...blocks);
      continue;
    }
    const role = message.role === "assistant" ? "assistant" : "user";
    const last = turns[turns.length - 1];
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, blocks });
  }
  // At least one message is required; other dialects answer a system prompt alone.
  if (turns.length === 0 && system.length > 0) turns.push({ role: "user", blocks: system.splice(0) });
  if (turns[0]?.role === "assistant") turns.unshift({ role: "user", blocks: [{ text: "." }] });
  const last = turns[turns.length - 1];
  if (last?.role === "assistant" && context.family.claude) trimPrefill(last.blocks);
  const messages = turns.map(({ role, blocks }) => ({ role, content: role === "user" ? userContent(blocks) : blocks }));
  return { system, messages };
}

function partsOf({ content }: Message): readonly Part[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

function foreignBlocks(message: Message, context: ContentContext): JsonObject[] {
  const blocks: JsonObject[] = [];
  for (const part of partsOf(message)) {
    const block = formatForeignPart(part, context);
    if (!block || isBlank(block)) continue;
    blocks.push(block);
    // A marker is a hint: where the model has no prompt cache nothing is lost but time.
    if (part.cache && context.family.caches) blocks.push(formatCachePoint(context.family.claude ? part.cache : {}));
  }
  return blocks;
}

/** A cache point stays behind the block that it marks. */
function userContent(blocks: JsonObject[]): JsonObject[] {
  const first: JsonObject[] = [];
  const rest: JsonObject[] = [];
  let into = rest;
  for (const block of blocks) {
    if (block["cachePoint"] === undefined) into = block["toolResult"] ? first : rest;
    into.push(block);
  }
  // "A text block is required beside documents" (400).
  const bare = rest.some((block) => block["document"]) && !rest.some((block) => block["text"] !== undefined);
  return bare ? [...first, ...rest, { text: "." }] : [...first, ...rest];
}

/** "final assistant content cannot end with trailing whitespace" (400). */
function trimPrefill(blocks: JsonObject[]): void {
  const last = blocks[blocks.length - 1];
  if (typeof last?.["text"] === "string") last["text"] = last["text"].trimEnd();
}

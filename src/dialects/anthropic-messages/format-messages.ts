/**
 * The conversation as Anthropic wants it: the system prompt apart, user and assistant in turns, tool results first in
 * their user turn, no blank text. A conversation that came in this dialect keeps its form; only what its maker alone
 * can read is taken out.
 */
import type { ChatRequest, Json, JsonObject, Message, Part } from "../../canonical/chat.ts";
import { fieldName } from "../field-names.ts";
import { type ContentContext, formatBlocks, isBlank } from "./format-content.ts";
import type { ModelSchema } from "./models.ts";

export interface Conversation {
  system?: Json;
  messages: JsonObject[];
}

export function formatConversation(request: ChatRequest, schema: ModelSchema, context: ContentContext): Conversation {
  return context.own ? ownConversation(request, context) : foreignConversation(request, schema, context);
}

function ownConversation(request: ChatRequest, context: ContentContext): Conversation {
  const conversation: Conversation = { messages: [] };
  for (const [index, message] of request.messages.entries()) {
    const content = typeof message.content === "string" ? message.content : formatBlocks(message.content, context);
    if (index === 0 && message.role === "system" && request.spelling?.["system"] === true) {
      conversation.system = content;
      continue;
    }
    // A turn that held nothing but another maker's thinking.
    if (content.length === 0 && message.content.length > 0) continue;
    const role = message.role === "developer" ? "system" : message.role === "tool" ? "user" : message.role;
    conversation.messages.push({ role, content, ...message.extra });
  }
  return conversation;
}

interface Turn {
  role: "user" | "assistant" | "system";
  blocks: JsonObject[];
}

function foreignConversation(request: ChatRequest, schema: ModelSchema, context: ContentContext): Conversation {
  const system: JsonObject[] = [];
  const turns: Turn[] = [];
  for (const [index, message] of request.messages.entries()) {
    if (message.name !== undefined) context.warn(fieldName(request.dialect, "participant"));
    for (const key of Object.keys(message.extra ?? {})) context.warn(`messages[].${key}`);
    const spoken = formatBlocks(partsOf(message), context).filter((block) => !isBlank(block));
    if (spoken.length === 0) continue;
    if (message.role !== "system" && message.role !== "developer")
      addTurn(turns, message.role === "assistant" ? "assistant" : "user", spoken);
    else if (schema.systemMessages && mayStay(request.messages, index)) addTurn(turns, "system", spoken);
    else system.push(...spoken);
  }
  // Anthropic wants at least one message; other dialects answer a system prompt alone.
  if (turns.length === 0 && system.length > 0) turns.push({ role: "user", blocks: system.splice(-1) });
  if (turns[0]?.role === "assistant") turns.unshift({ role: "user", blocks: [{ type: "text", text: "." }] });
  const conversation: Conversation = { messages: finish(turns) };
  if (system.length > 0) conversation.system = plainText(system) ?? system;
  return conversation;
}

/**
 * Where `systemMessages` are taken they have to follow a user turn and be followed by the assistant's or the end
 * ("Mid-conversation system messages", platform.claude.com). Elsewhere an instruction goes to the system prompt: it
 * loses its place in time, not its authority.
 */
function mayStay(messages: readonly Message[], index: number): boolean {
  const isSystem = (message: Message | undefined) => message?.role === "system" || message?.role === "developer";
  let before = index;
  while (isSystem(messages[before])) before -= 1;
  let after = index;
  while (isSystem(messages[after])) after += 1;
  const previous = messages[before]?.role;
  const next = messages[after]?.role;
  return (previous === "user" || previous === "tool") && (next === undefined || next === "assistant");
}

function partsOf(message: Message): Part[] {
  const { content } = message;
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

function addTurn(turns: Turn[], role: Turn["role"], blocks: JsonObject[]): void {
  const last = turns[turns.length - 1];
  if (last?.role === role) last.blocks.push(...blocks);
  else turns.push({ role, blocks: [...blocks] });
}

function finish(turns: readonly Turn[]): JsonObject[] {
  const messages = turns.map(({ role, blocks }) => {
    const results = blocks.filter((block) => block["type"] === "tool_result");
    const ordered =
      role === "user" && results.length > 0
        ? [...results, ...blocks.filter((block) => block["type"] !== "tool_result")]
        : blocks;
    return { role, blocks: ordered };
  });
  const last = messages[messages.length - 1];
  if (last?.role === "assistant") trimPrefill(last.blocks);
  return messages.map(({ role, blocks }) => ({ role, content: plainText(blocks) ?? blocks }));
}

/** "final assistant content cannot end with trailing whitespace" (400). */
function trimPrefill(blocks: JsonObject[]): void {
  const last = blocks[blocks.length - 1];
  if (last?.["type"] === "text") last["text"] = String(last["text"]).trimEnd();
}

/** One bare text block is written as a string. */
function plainText(blocks: readonly JsonObject[]): string | undefined {
  const only = blocks[0];
  if (blocks.length !== 1 || only?.["type"] !== "text" || Object.keys(only).length !== 2) return undefined;
  return String(only["text"]);
}

/**
 * The conversation as Gemini wants it: instructions apart, `user` and `model` in turn beginning with the user, results
 * right after their calls and in their order. A conversation that came in this dialect keeps its form; only what its
 * maker alone can read is taken out.
 */
import type { ChatRequest, JsonObject, Message, Part } from "../../canonical/chat.ts";
import { fieldName } from "../field-names.ts";
import { formatPart, type PartContext } from "./format-part.ts";

export interface Conversation {
  systemInstruction?: JsonObject;
  contents: JsonObject[];
}

export function formatConversation(request: ChatRequest, context: PartContext): Conversation {
  return context.own ? ownConversation(request, context) : foreignConversation(request, context);
}

function ownConversation(request: ChatRequest, context: PartContext): Conversation {
  const conversation: Conversation = { contents: [] };
  for (const [index, message] of request.messages.entries()) {
    const parts = partsOf(message).flatMap((part) => formatPart(part, context));
    const content: JsonObject = { role: message.role === "assistant" ? "model" : "user", parts, ...message.extra };
    const { role, parts: spelled } = message.spelling ?? {};
    if (role === null) delete content["role"];
    else if (role !== undefined) content["role"] = role;
    if (spelled === false) delete content["parts"];
    else if (spelled === null) content["parts"] = null;
    if (index === 0 && message.role === "system" && request.spelling?.["system"] === true)
      conversation.systemInstruction = content;
    // A turn that held nothing but another maker's thoughts.
    else if (parts.length > 0 || message.content.length === 0) conversation.contents.push(content);
  }
  return conversation;
}

interface Turn {
  role: "user" | "model";
  parts: Part[];
}

function foreignConversation(request: ChatRequest, context: PartContext): Conversation {
  const { system, turns } = turnsOf(request, context);
  const contents: JsonObject[] = [];
  let calls: readonly string[] = [];
  for (const { role, parts } of turns) {
    const ordered = role === "user" ? resultsFirst(parts, calls) : parts;
    if (role === "model") calls = parts.flatMap((part) => (part.type === "tool-call" ? part.id : []));
    const formatted = ordered.flatMap((part) => formatPart(part, context));
    if (formatted.length === 0) continue;
    // Between two turns of one side there was one of which nothing could be said here.
    const last = contents.at(-1);
    if (last?.["role"] === role) last["parts"] = [...(last["parts"] as JsonObject[]), ...formatted];
    else contents.push({ role, parts: formatted });
  }
  const instruction = system.flatMap((part) => formatPart(part, context));
  // Other dialects answer a system prompt alone.
  if (contents.length === 0 && instruction.length > 0) contents.push({ role: "user", parts: instruction.splice(-1) });
  // "function call turn comes immediately after a user turn or after a function response turn" (400).
  if (contents[0]?.["role"] === "model") contents.unshift({ role: "user", parts: [{ text: "." }] });
  return { contents, ...(instruction.length > 0 && { systemInstruction: { parts: instruction } }) };
}

function turnsOf(request: ChatRequest, context: PartContext): { system: Part[]; turns: Turn[] } {
  const system: Part[] = [];
  const turns: Turn[] = [];
  for (const message of request.messages) {
    if (message.name !== undefined) context.warn(fieldName(request.dialect, "participant"));
    for (const [key, value] of Object.entries(message.extra ?? {}))
      if (value !== null) context.warn(`messages[].${key}`);
    const parts = partsOf(message).filter((part) => !isEmptyText(part));
    const role = message.role === "assistant" ? "model" : "user";
    if (message.role === "system" || message.role === "developer") system.push(...parts);
    else if (turns.at(-1)?.role === role) turns.at(-1)!.parts.push(...parts);
    else if (parts.length > 0) turns.push({ role, parts: [...parts] });
  }
  return { system, turns };
}

function partsOf({ content }: Message): Part[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** "Unable to submit request because it must have a text parameter" (400). */
function isEmptyText(part: Part): boolean {
  return part.type === "text" && part.text === "" && !part.signature;
}

/** Results in the order of their calls: where the wire has no ids, only that tells which is whose. */
function resultsFirst(parts: readonly Part[], calls: readonly string[]): Part[] {
  const place = (part: Part) => {
    if (part.type !== "tool-result") return calls.length + 1;
    const index = calls.indexOf(part.toolCallId);
    return index < 0 ? calls.length : index;
  };
  return parts.toSorted((a, b) => place(a) - place(b));
}

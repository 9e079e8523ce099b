/** What is judged: one answer and what was asked for, as plain data that may cross into a worker. */
import type { Call } from "../../canonical/call.ts";
import type { ChatRequest, JsonObject, Message, Part } from "../../canonical/chat.ts";
import { collect } from "../../canonical/events.ts";
import type { Piece, Reply } from "../../canonical/reply.ts";

export interface Subject {
  /** Visible text of the first choice. */
  text: string;
  toolCalls: { name: string; arguments: string; custom: boolean }[];
  /** Functions that the request declared, by name. */
  tools: { name: string; parameters: JsonObject | null }[];
  format: { type: "text" | "json" | "json-schema"; schema: JsonObject | null };
  /** How the answer ended, in canonical words. */
  finish: string;
  /** The model said in so many words that it refuses. */
  refused: boolean;
  /** Images or audio: an answer without text that is none the less something. */
  hasMedia: boolean;
}

/** Undefined where there is no choice at all, or the answer broke off. */
export function subjectOf(call: Call, reply: Pick<Reply, "reader">, pieces: readonly Piece[]): Subject | undefined {
  if (pieces.some(({ failure }) => failure)) return undefined;
  const read = reply.reader();
  const choice = collect(pieces.flatMap((piece) => [...read(piece)])).choices[0];
  if (!choice) return undefined;
  const request = call.body.chat();
  const parts = partsOf(choice.message);
  return {
    text: textOf(parts),
    toolCalls: parts.flatMap((part) =>
      part.type === "tool-call" ? [{ name: part.name, arguments: part.arguments, custom: part.custom === true }] : [],
    ),
    tools: (request.tools ?? []).map(({ name, parameters }) => ({ name, parameters: parameters ?? null })),
    format: { type: request.responseFormat?.type ?? "text", schema: request.responseFormat?.schema ?? null },
    finish: choice.finish.unified,
    refused: parts.some(({ type }) => type === "refusal") || choice.finish.unified === "refusal",
    hasMedia: parts.some(({ type }) => !["text", "reasoning", "refusal", "tool-call"].includes(type)),
  };
}

export interface Turn {
  role: "system" | "user" | "assistant";
  content: string;
}

/** The conversation as text, for a judge; media and tool calls are named only. */
export function turnsOf({ messages }: ChatRequest): Turn[] {
  return messages.map((message) => ({
    role: message.role === "assistant" ? "assistant" : isSystem(message) ? "system" : "user",
    content: partsOf(message).map(shownPart).join("\n"),
  }));
}

/** The same turns where nothing but text was said by system and user, so that another model can be asked the same. */
export function plainTurnsOf({
  messages,
  tools,
}: ChatRequest): { role: "system" | "user"; content: string }[] | undefined {
  if (tools && tools.length > 0) return undefined;
  const plain = messages.every(
    (message) =>
      (isSystem(message) || message.role === "user") && partsOf(message).every(({ type }) => type === "text"),
  );
  if (!plain) return undefined;
  return messages.map((message) => ({
    role: isSystem(message) ? "system" : "user",
    content: textOf(partsOf(message)),
  }));
}

function isSystem({ role }: Message): boolean {
  return role === "system" || role === "developer";
}

function partsOf({ content }: Message): readonly Part[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === "text" || part.type === "refusal" ? part.text : "")).join("");
}

function shownPart(part: Part): string {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text;
    case "tool-call":
      return `[calls ${part.name} with ${part.arguments}]`;
    case "tool-result":
      return `[result] ${typeof part.content === "string" ? part.content : part.content.map(shownPart).join("\n")}`;
    default:
      return `[${part.type}]`;
  }
}

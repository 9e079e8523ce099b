/** Messages into canonical ones; each keeps its wire form in `spelling`, for a round trip that is exact. */
import type { Json, JsonObject, Message, Part } from "../../canonical/chat.ts";
import { isObject, otherMembers, textOf } from "../json-object.ts";
import { addCitations } from "./citations.ts";
import { invalid } from "./inspect.ts";

const ROLES = ["system", "user", "assistant", "tool"] as const;
const FIELDS = ["role", "content", "tool_calls", "tool_plan", "tool_call_id", "citations"];

export function parseMessages(messages: readonly Json[]): Message[] {
  return messages.map((message, index) => {
    const param = `messages[${index}]`;
    if (!isObject(message)) throw invalid(param, "must be an object");
    const role = ROLES.find((name) => name === message["role"]);
    if (!role) throw invalid(`${param}.role`, `must be one of ${ROLES.join(", ")}`);
    const extra = otherMembers(message, FIELDS);
    return {
      role,
      content: role === "tool" ? [toolResult(message)] : contentOf(message),
      ...(extra && { extra }),
      spelling: { wire: message },
    };
  });
}

function toolResult(message: JsonObject): Part {
  const content = parseContent(message["content"]);
  return { type: "tool-result", toolCallId: textOf(message["tool_call_id"]), content: content ?? "" };
}

function contentOf(message: JsonObject): string | Part[] {
  const { tool_calls: calls, tool_plan: plan } = message;
  const content = parseContent(message["content"]);
  if (typeof content === "string" && calls === undefined && plan === undefined) return content;
  return assistantParts(message).parts;
}

/** The parts of an assistant's message, in requests and in replies alike. A plan is the text before the calls. */
export function assistantParts(message: JsonObject): { parts: Part[] } {
  const content = parseContent(message["content"]) ?? [];
  const blocks: Part[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  addCitations(blocks, listOf(message["citations"]));
  const parts = blocks.filter((part) => part.type !== "text" || part.text !== "");
  const plan = textOf(message["tool_plan"]);
  if (plan !== "") parts.push({ type: "text", text: plan });
  for (const call of listOf(message["tool_calls"])) {
    const { name, arguments: json } = isObject(call["function"]) ? call["function"] : {};
    parts.push({ type: "tool-call", id: textOf(call["id"]), name: textOf(name), arguments: textOf(json) });
  }
  return { parts };
}

function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function parseContent(content: Json | undefined): string | Part[] | undefined {
  if (typeof content === "string") return content;
  return Array.isArray(content) ? content.filter(isObject).map(parseBlock) : undefined;
}

function parseBlock(block: JsonObject): Part {
  switch (block["type"]) {
    case "text":
      return { type: "text", text: textOf(block["text"]), ...extraOf(block, "text") };
    case "thinking":
      return { type: "reasoning", text: textOf(block["thinking"]), ...extraOf(block, "thinking") };
    case "image_url":
      return parseImage(block);
    case "document":
      return parseDocument(block);
    default:
      return { type: "opaque", dialect: "cohere", kind: textOf(block["type"]), raw: block };
  }
}

function extraOf(block: JsonObject, field: string): { extra?: JsonObject } {
  const extra = otherMembers(block, ["type", field]);
  return extra ? { extra } : {};
}

const DATA_URL = /^data:([^;,]+);base64,(.*)$/s;

function parseImage(block: JsonObject): Part {
  const { url, detail } = isObject(block["image_url"]) ? block["image_url"] : {};
  const [, mediaType, data] = DATA_URL.exec(textOf(url)) ?? [];
  return {
    type: "image",
    source:
      mediaType !== undefined && data !== undefined
        ? { kind: "base64", mediaType, data }
        : { kind: "url", url: textOf(url) },
    ...(typeof detail === "string" && { detail }),
    ...extraOf(block, "image_url"),
  };
}

/** A document is a text, or named fields of which `text` is the one to read. */
function parseDocument(block: JsonObject): Part {
  const document = isObject(block["document"]) ? block["document"] : {};
  const { data } = document;
  const text = typeof data === "string" ? data : isObject(data) ? (data["text"] ?? JSON.stringify(data)) : "";
  const title = isObject(data) ? data["title"] : undefined;
  return {
    type: "document",
    source: { kind: "text", mediaType: "text/plain", text: textOf(text) },
    ...(typeof title === "string" && { title }),
    ...extraOf(block, "document"),
  };
}

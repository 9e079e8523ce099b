/**
 * The conversation as Ollama wants it: one text a message, images beside it as bytes, arguments as objects. One that
 * came in this dialect is repeated as it was written.
 */
import type { ChatRequest, JsonObject, Message, Part, ToolResultPart } from "../../canonical/chat.ts";
import type { NamedField } from "../field-names.ts";
import { argumentsObject } from "../json-object.ts";

export interface MessageContext {
  warn(field: NamedField): void;
  /** For what has no common name. */
  warnRaw(field: string): void;
}

export function formatMessages(request: ChatRequest, context: MessageContext): JsonObject[] {
  const own = request.dialect === "ollama";
  /** Results name their function, which other dialects tell by the call alone. */
  const names = new Map<string, string>();
  return request.messages.flatMap((message) => {
    const wire = own ? message.spelling?.["wire"] : undefined;
    if (wire) return [wire as JsonObject];
    if (typeof message.content !== "string")
      for (const part of message.content) if (part.type === "tool-call") names.set(part.id, part.name);
    return formatMessage(message, names, context);
  });
}

function formatMessage(message: Message, names: Map<string, string>, context: MessageContext): JsonObject[] {
  if (message.name !== undefined) context.warn("participant");
  for (const [key, value] of Object.entries(message.extra ?? {}))
    if (value !== null) context.warnRaw(`messages[].${key}`);
  const { content } = message;
  const parts: readonly Part[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  for (const part of parts)
    for (const key of Object.keys(part.extra ?? {})) context.warnRaw(`messages[].content[].${key}`);
  if (message.role === "system" || message.role === "developer") return [{ role: "system", ...said(parts, context) }];
  if (message.role === "assistant") return [assistantMessage(parts, context)];
  const results = parts.filter((part) => part.type === "tool-result");
  const others = parts.filter((part) => part.type !== "tool-result");
  const messages = results.map((result) => toolMessage(result, names, context));
  if (others.length > 0) messages.push({ role: "user", ...said(others, context) });
  return messages;
}

function assistantMessage(parts: readonly Part[], context: MessageContext): JsonObject {
  const calls = parts.filter((part) => part.type === "tool-call");
  // What another maker signed stays with its maker.
  const thinking = parts
    .map((part) => (part.type === "reasoning" && !part.signature && !part.redacted ? part.text : ""))
    .join("");
  return {
    role: "assistant",
    ...said(parts, context),
    ...(thinking !== "" && { thinking }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id, name, arguments: json, custom }) => ({
        id,
        function: { name, arguments: argumentsObject(json, custom) },
      })),
    }),
  };
}

function toolMessage(result: ToolResultPart, names: Map<string, string>, context: MessageContext): JsonObject {
  const { content, toolCallId } = result;
  const parts: readonly Part[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  const name = result.name ?? names.get(toolCallId);
  return {
    role: "tool",
    ...said(parts, context),
    ...(name !== undefined && { tool_name: name }),
    tool_call_id: toolCallId,
  };
}

/** Text and images of a message. What it cannot hold is named. */
function said(parts: readonly Part[], context: MessageContext): JsonObject {
  const texts: string[] = [];
  const images: string[] = [];
  for (const part of parts) {
    if (part.type === "text" || part.type === "refusal") texts.push(part.text);
    else if (part.type === "image" && part.source.kind === "base64") images.push(part.source.data);
    else if (part.type === "document" && documentText(part) !== undefined) texts.push(documentText(part)!);
    else if (part.type === "opaque") context.warnRaw(part.kind);
    else if (part.type === "image") context.warn("imagePart");
    else if (part.type === "audio") context.warn("audioPart");
    else if (part.type === "document") context.warn("filePart");
  }
  return { content: texts.filter((text) => text !== "").join("\n\n"), ...(images.length > 0 && { images }) };
}

function documentText({ source, title, filename }: Extract<Part, { type: "document" }>): string | undefined {
  const name = title ?? filename;
  const text =
    source.kind === "text"
      ? source.text
      : source.kind === "base64" && source.mediaType.startsWith("text/")
        ? Buffer.from(source.data, "base64").toString("utf8")
        : undefined;
  return text !== undefined && name ? `${name}\n\n${text}` : text;
}

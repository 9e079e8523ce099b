/**
 * The conversation as Cohere wants it: tool results in messages of their own right behind the calls, text before calls
 * as `tool_plan`, no empty content. One that came in this dialect is repeated as it was written.
 */
import type { ChatRequest, JsonObject, Message, Part, ToolResultPart } from "../../canonical/chat.ts";
import type { NamedField } from "../field-names.ts";

export interface MessageContext {
  warn(field: NamedField): void;
  /** For what has no common name. */
  warnRaw(field: string): void;
}

export function formatMessages(request: ChatRequest, context: MessageContext): JsonObject[] {
  const own = request.dialect === "cohere";
  const messages = request.messages.flatMap((message) => {
    const wire = own ? message.spelling?.["wire"] : undefined;
    return wire ? [wire as JsonObject] : formatMessage(message, context);
  });
  // Somebody has to have spoken; other dialects answer a system prompt alone.
  const last = messages[messages.length - 1];
  if (last && !own && messages.every((message) => message["role"] === "system")) last["role"] = "user";
  return messages;
}

function formatMessage(message: Message, context: MessageContext): JsonObject[] {
  if (message.name !== undefined) context.warn("participant");
  for (const [key, value] of Object.entries(message.extra ?? {}))
    if (value !== null) context.warnRaw(`messages[].${key}`);
  const parts: readonly Part[] =
    typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
  for (const part of parts)
    for (const key of Object.keys(part.extra ?? {})) context.warnRaw(`messages[].content[].${key}`);
  switch (message.role) {
    case "system":
    case "developer":
      return withContent("system", textBlocks(parts, context));
    case "assistant":
      return assistantMessage(parts, context);
    default:
      return userMessages(parts, context);
  }
}

function withContent(role: string, blocks: JsonObject[]): JsonObject[] {
  const only = blocks[0];
  if (!only) return [];
  return [{ role, content: blocks.length === 1 && only["type"] === "text" ? only["text"]! : blocks }];
}

/** Thoughts are left out: models that do not think refuse them. */
function assistantMessage(parts: readonly Part[], context: MessageContext): JsonObject[] {
  const calls = parts.filter((part) => part.type === "tool-call");
  const others = parts.filter((part) => part.type !== "tool-call" && part.type !== "reasoning");
  const blocks = textBlocks(others, context);
  if (calls.length === 0) return withContent("assistant", blocks);
  const plan = blocks.map((block) => block["text"]).join("");
  return [
    {
      role: "assistant",
      tool_calls: calls.map((call) => ({
        id: call.id,
        type: "function",
        function: {
          name: call.name,
          arguments: call.custom ? JSON.stringify({ input: call.arguments }) : call.arguments || "{}",
        },
      })),
      ...(plan !== "" && { tool_plan: plan }),
    },
  ];
}

function userMessages(parts: readonly Part[], context: MessageContext): JsonObject[] {
  const results = parts.filter((part) => part.type === "tool-result");
  const media: Part[] = [];
  const messages = results.map((result) => toolMessage(result, media, context));
  const rest = [...media, ...parts.filter((part) => part.type !== "tool-result" && part.type !== "reasoning")];
  return [...messages, ...withContent("user", userBlocks(rest, context))];
}

/** A result holds texts and documents; images follow in a user message. */
function toolMessage(result: ToolResultPart, media: Part[], context: MessageContext): JsonObject {
  const { content, toolCallId } = result;
  const message = (value: string | JsonObject[]): JsonObject => ({
    role: "tool",
    tool_call_id: toolCallId,
    content: value,
  });
  if (typeof content === "string") return message(content === "" ? "(empty)" : content);
  media.push(...content.filter((part) => part.type !== "text" && part.type !== "document"));
  const blocks = userBlocks(
    content.filter((part) => part.type === "text" || part.type === "document"),
    context,
  );
  if (blocks.length === 0) return message(media.length > 0 ? "The result is in the next message." : "(empty)");
  return message(blocks.length === 1 && blocks[0]!["type"] === "text" ? String(blocks[0]!["text"]) : blocks);
}

/** System and assistant speak text alone. */
function textBlocks(parts: readonly Part[], context: MessageContext): JsonObject[] {
  return userBlocks(
    parts.filter((part) => {
      const spoken = part.type === "text" || part.type === "refusal" || part.type === "reasoning";
      if (!spoken) warnOf(part, context);
      return spoken;
    }),
    context,
  );
}

function userBlocks(parts: readonly Part[], context: MessageContext): JsonObject[] {
  const blocks: JsonObject[] = [];
  for (const part of parts) {
    const block = formatPart(part);
    if (!block) warnOf(part, context);
    else if (block["type"] !== "text" || block["text"] !== "") blocks.push(block);
  }
  return blocks;
}

function formatPart(part: Part): JsonObject | undefined {
  if (part.type === "text" || part.type === "refusal") return { type: "text", text: part.text };
  if (part.type === "image") {
    const { source, detail } = part;
    const url = source.kind === "url" ? source.url : source.kind === "base64" ? dataUrl(source) : undefined;
    return url === undefined
      ? undefined
      : { type: "image_url", image_url: { url, ...(detail !== undefined && { detail }) } };
  }
  if (part.type !== "document") return undefined;
  const text = documentText(part);
  if (text === undefined) return undefined;
  // A user message takes no `document` blocks, so the text is read where it stands.
  const title = part.title ?? part.filename;
  return { type: "text", text: title ? `${title}\n\n${text}` : text };
}

function dataUrl({ mediaType, data }: { mediaType: string; data: string }): string {
  return `data:${mediaType};base64,${data}`;
}

function documentText({ source }: Extract<Part, { type: "document" }>): string | undefined {
  if (source.kind === "text") return source.text;
  if (source.kind === "base64" && source.mediaType.startsWith("text/"))
    return Buffer.from(source.data, "base64").toString("utf8");
  return undefined;
}

function warnOf(part: Part, { warn, warnRaw }: MessageContext): void {
  if (part.type === "opaque") warnRaw(part.kind);
  else if (part.type === "audio") warn("audioPart");
  else warn(part.type === "image" ? "imagePart" : "filePart");
}

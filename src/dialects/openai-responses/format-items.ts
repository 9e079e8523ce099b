/** Messages of another dialect as input items. */
import type { Json, JsonObject, MediaSource, Message, Part } from "../../canonical/chat.ts";
import { dataUrl } from "../openai-chat/data-url.ts";
import type { FormatContext } from "./format-request.ts";
import { callItem, reasoningItem } from "./output-parts.ts";

/** System texts at the beginning become `instructions`; later ones stay where they are. */
export function formatMessages(
  messages: readonly Message[],
  context: FormatContext,
): { instructions: string; input: Json[] } {
  const custom = customCallsIn(messages);
  const first = messages.findIndex(({ role, content }) => role !== "system" || !isText(content));
  const leading = first === -1 ? messages.length - 1 : first;
  const instructions = messages.slice(0, Math.max(0, leading)).map(({ content }) => plainText(content));
  const input = messages.slice(Math.max(0, leading)).flatMap((message) => formatMessage(message, custom, context));
  return { instructions: instructions.join("\n\n"), input };
}

function isText(content: string | Part[]): boolean {
  return typeof content === "string" || content.every(({ type }) => type === "text");
}

function plainText(content: string | Part[]): string {
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" ? part.text : "")).join("\n\n");
}

/** Calls of tools that take free text; their results are items of another type. */
function customCallsIn(messages: readonly Message[]): Set<string> {
  const ids = new Set<string>();
  for (const { content } of messages)
    if (typeof content !== "string")
      for (const part of content) if (part.type === "tool-call" && part.custom) ids.add(part.id);
  return ids;
}

function formatMessage(message: Message, custom: ReadonlySet<string>, context: FormatContext): JsonObject[] {
  for (const [key, value] of Object.entries(message.extra ?? {}))
    if (value !== null) context.warnRaw(`messages[].${key}`);
  const { content, role } = message;
  if (typeof content === "string") return [{ role: role === "tool" ? "user" : role, content }];
  return role === "assistant" ? assistantItems(content, context) : inputItems(message, content, custom, context);
}

/** Results come first: they answer the calls of the message before. */
function inputItems(
  { role }: Message,
  parts: readonly Part[],
  custom: ReadonlySet<string>,
  context: FormatContext,
): JsonObject[] {
  const items: JsonObject[] = [];
  const content: JsonObject[] = [];
  for (const part of parts) {
    if (part.type !== "tool-result") {
      content.push(...inputContent(part, context));
      continue;
    }
    const output = typeof part.content === "string" ? part.content : resultContent(part.content, context);
    const type = custom.has(part.toolCallId) ? "custom_tool_call_output" : "function_call_output";
    items.push({ type, call_id: part.toolCallId, output });
  }
  if (content.length > 0) items.push({ role: role === "tool" ? "user" : role, content });
  return items;
}

function resultContent(parts: readonly Part[], context: FormatContext): Json {
  if (parts.every((part) => part.type === "text" && !part.extra)) return plainText([...parts]);
  return parts.flatMap((part) => inputContent(part, context));
}

function inputContent(part: Part, context: FormatContext): JsonObject[] {
  for (const [key, value] of Object.entries(part.extra ?? {}))
    if (value !== null) context.warnRaw(`messages[].content[].${key}`);
  switch (part.type) {
    case "text":
      return [{ type: "input_text", text: part.text }];
    case "refusal":
      return [{ type: "input_text", text: part.text }];
    case "image": {
      const url = urlOf(part.source);
      if (url === undefined) return unsaid(context, "imagePart");
      return [{ type: "input_image", image_url: url, detail: part.detail ?? "auto" }];
    }
    case "document": {
      const { source, filename, title } = part;
      if (source.kind === "text")
        return [{ type: "input_text", text: title ? `${title}\n\n${source.text}` : source.text }];
      if (source.kind === "url") return [{ type: "input_file", file_url: source.url }];
      const data = urlOf(source);
      if (data === undefined) return unsaid(context, "filePart");
      return [{ type: "input_file", filename: filename ?? title ?? "document.pdf", file_data: data }];
    }
    case "audio": {
      if (part.source.kind !== "base64") return unsaid(context, "audioPart");
      const subtype = part.source.mediaType.slice(part.source.mediaType.indexOf("/") + 1).replace(/^x-/, "");
      const format = part.format ?? (subtype === "mpeg" ? "mp3" : subtype);
      return [{ type: "input_audio", input_audio: { data: part.source.data, format } }];
    }
    case "opaque":
      context.warnRaw(part.kind);
      return [];
    default:
      return [];
  }
}

function unsaid(context: FormatContext, field: "imagePart" | "audioPart" | "filePart"): [] {
  context.warn(field);
  return [];
}

function urlOf(source: MediaSource): string | undefined {
  if (source.kind === "url") return source.url;
  return source.kind === "base64" ? dataUrl(source.mediaType, source.data) : undefined;
}

/** Only its own encrypted reasoning means anything to the model: thoughts of another one are left out. */
function assistantItems(parts: readonly Part[], context: FormatContext): JsonObject[] {
  const items: JsonObject[] = [];
  let content: JsonObject[] | undefined;
  for (const part of parts) {
    if (part.type === "text" || part.type === "refusal") {
      if (!content) {
        content = [];
        items.push({ role: "assistant", content });
      }
      if (part.type === "text") content.push({ type: "output_text", text: part.text });
      else content.push({ type: "refusal", refusal: part.text });
      continue;
    }
    content = undefined;
    const item = assistantItem(part, context);
    if (item) items.push(item);
  }
  return items;
}

function assistantItem(part: Part, context: FormatContext): JsonObject | undefined {
  switch (part.type) {
    case "reasoning": {
      const signature = part.redacted ?? part.signature;
      if (signature?.origin !== "openai-responses") return undefined;
      const { id: _id, ...item } = reasoningItem("", part.text, signature);
      return item;
    }
    case "tool-call": {
      const { id: _id, status: _status, ...item } = callItem("", part);
      return item;
    }
    case "opaque":
      context.warnRaw(part.kind);
      return undefined;
    case "image":
      return void context.warn("imagePart");
    case "audio":
      return void context.warn("audioPart");
    case "document":
      return void context.warn("filePart");
    default:
      return undefined;
  }
}

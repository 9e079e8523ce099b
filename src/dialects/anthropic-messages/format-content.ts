/** Canonical parts into content blocks of a request. */
import type { CacheMarker, Json, JsonObject, MediaSource, Part, ToolResultPart } from "../../canonical/chat.ts";
import { fieldName } from "../field-names.ts";
import { formatCitation, isOwnCitation } from "./citations.ts";
import { isObject } from "./json.ts";

export interface ContentContext {
  /** The request's own dialect: owner of every `extra`. */
  dialect: string;
  own: boolean;
  warn(field: string): void;
}

/** The block, or undefined when Anthropic has none for it: named in a warning unless nobody could miss it. */
function formatBlock(part: Part, context: ContentContext): JsonObject | undefined {
  const block = formatBare(part, context);
  if (!block) return undefined;
  if (part.cache) block["cache_control"] = formatCache(part.cache);
  if (context.own) return Object.assign(block, part.extra, part.spelling);
  for (const key of Object.keys(part.extra ?? {})) context.warn(`messages[].content[].${key}`);
  return block;
}

export function formatBlocks(parts: readonly Part[], context: ContentContext): JsonObject[] {
  const blocks: JsonObject[] = [];
  for (const part of parts) {
    const block = formatBlock(part, context);
    if (block) blocks.push(block);
  }
  return blocks;
}

/** "text content blocks must contain non-whitespace text" (400). */
export function isBlank(block: JsonObject): boolean {
  return block["type"] === "text" && String(block["text"]).trim() === "";
}

export function formatCache(cache: CacheMarker): JsonObject {
  return cache.ttl ? { type: "ephemeral", ttl: cache.ttl } : { type: "ephemeral" };
}

/** Anthropic takes letters, digits, `_` and `-`; others (Kimi's `functions.get:0`) are replaced in call and result alike. */
export function toolCallId(id: string): string {
  return id === "" ? "_" : id.replace(/[^a-zA-Z0-9_-]/g, "_");
}

function formatBare(part: Part, context: ContentContext): JsonObject | undefined {
  switch (part.type) {
    case "text": {
      const citations = part.citations?.filter(isOwnCitation).map(formatCitation) ?? [];
      return { type: "text", text: part.text, ...(citations.length > 0 && { citations: citations as Json[] }) };
    }
    case "refusal":
      return { type: "text", text: part.text };
    case "image": {
      const source = formatSource(part.source, context, "imagePart");
      return source && { type: "image", source };
    }
    case "document":
      return formatDocument(part, context);
    case "tool-call":
      return {
        type: "tool_use",
        id: context.own ? part.id : toolCallId(part.id),
        name: part.name,
        input: toolInput(part.arguments, part.custom),
      };
    case "tool-result":
      return formatToolResult(part, context);
    case "reasoning":
      return formatReasoning(part, context);
    case "audio":
      context.warn(fieldName(context.dialect, "audioPart"));
      return undefined;
    case "opaque":
      if (part.dialect === "anthropic-messages") return { ...part.raw };
      context.warn(part.kind);
      return undefined;
    default:
      return part satisfies never;
  }
}

/** Only its maker takes a signature back: thinking signed by others, or by nobody, is left out. */
function formatReasoning(part: Extract<Part, { type: "reasoning" }>, context: ContentContext): JsonObject | undefined {
  if (part.redacted)
    return part.redacted.origin === "anthropic" ? { type: "redacted_thinking", data: part.redacted.value } : undefined;
  const ownUnsigned = context.own && part.spelling?.["signature"] !== undefined;
  if (part.signature?.origin !== "anthropic" && !ownUnsigned) return undefined;
  return { type: "thinking", thinking: part.text, signature: part.signature?.value ?? "" };
}

function formatToolResult(part: ToolResultPart, context: ContentContext): JsonObject {
  const block: JsonObject = {
    type: "tool_result",
    tool_use_id: context.own ? part.toolCallId : toolCallId(part.toolCallId),
  };
  if (typeof part.content !== "string") {
    const inner = formatBlocks(part.content, context);
    block["content"] = context.own ? inner : inner.filter((one) => !isBlank(one));
  } else if (part.content !== "") block["content"] = part.content;
  if (part.isError !== undefined) block["is_error"] = part.isError;
  return block;
}

function formatDocument(part: Extract<Part, { type: "document" }>, context: ContentContext): JsonObject | undefined {
  const source = formatSource(part.source, context, "filePart");
  if (!source) return undefined;
  const block: JsonObject = { type: "document", source };
  const title = part.title ?? part.filename;
  if (title !== undefined && title !== "") block["title"] = title;
  if (part.context !== undefined) block["context"] = part.context;
  if (part.citations !== undefined) block["citations"] = { enabled: part.citations };
  return block;
}

function formatSource(
  source: MediaSource,
  context: ContentContext,
  field: "imagePart" | "filePart",
): JsonObject | undefined {
  switch (source.kind) {
    case "url":
      return { type: "url", url: source.url };
    case "text":
      return { type: "text", media_type: source.mediaType || "text/plain", data: source.text };
    case "base64":
      // Plain text has no base64 form here.
      if (field === "filePart" && source.mediaType.startsWith("text/") && !context.own)
        return { type: "text", media_type: "text/plain", data: Buffer.from(source.data, "base64").toString("utf8") };
      return { type: "base64", media_type: source.mediaType, data: source.data };
    case "file":
      // A file lives at the provider it was uploaded to.
      if (context.own) return { type: "file", file_id: source.id };
      context.warn(fieldName(context.dialect, field));
      return undefined;
    default:
      return source satisfies never;
  }
}

/** `input` must be an object. Text that is none (cut arguments, free-text tools) is kept whole under one key. */
export function toolInput(text: string, custom: boolean | undefined): JsonObject {
  if (custom) return { input: text };
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Not JSON: below.
  }
  return { arguments: text };
}

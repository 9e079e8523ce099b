/** Canonical parts into content blocks. */
import type { CacheMarker, JsonObject, MediaSource, Part, ToolResultPart } from "../../canonical/chat.ts";
import type { NamedField } from "../field-names.ts";
import { argumentsObject } from "../json-object.ts";
import { formatCitation } from "./citations.ts";
import { documentFormat, imageFormat } from "./media.ts";
import type { ModelFamily } from "./models.ts";
import { toolUseId } from "./tool-ids.ts";

export interface ContentContext {
  family: ModelFamily;
  warn(field: NamedField): void;
  /** For what has no common name. */
  warnRaw(field: string): void;
  /** Names that documents of this request have already: each must be its own. */
  documentNames: Set<string>;
}

/** The block of a part that came in this dialect, but for its wire form and extra fields. */
export function formatOwnBlock(part: Part): JsonObject | undefined {
  switch (part.type) {
    case "text":
      return formatText(part.text, part.citations);
    case "refusal":
      return { text: part.text };
    case "image":
      return formatImage(part.source);
    case "document":
      return formatDocument(part, part.title);
    case "audio":
      return part.source.kind === "base64" ? formatAudio(part.format ?? "", part.source.data) : undefined;
    case "tool-call":
      return { toolUse: { toolUseId: part.id, name: part.name, input: argumentsObject(part.arguments, part.custom) } };
    case "tool-result":
      return formatResult(part, part.toolCallId, ownResultContent(part));
    case "reasoning":
      if (part.redacted) return { reasoningContent: { redactedContent: part.redacted.value } };
      return {
        reasoningContent: {
          reasoningText: { text: part.text, ...(part.signature && { signature: part.signature.value }) },
        },
      };
    case "opaque":
      return part.raw;
    default:
      return part satisfies never;
  }
}

/** Blocks of a part of another dialect: none where Converse has none for it, which a warning tells. */
export function formatForeignPart(part: Part, context: ContentContext): JsonObject | undefined {
  for (const key of Object.keys(part.extra ?? {})) context.warnRaw(`messages[].content[].${key}`);
  switch (part.type) {
    case "text":
    case "refusal":
      return { text: part.text };
    case "image": {
      const block = formatImage(part.source);
      if (!block) context.warn("imagePart");
      return block;
    }
    case "document": {
      const block = formatDocument(part, documentName(part.title ?? part.filename, context.documentNames));
      if (!block) context.warn("filePart");
      return block;
    }
    case "audio":
      if (part.source.kind === "base64" && part.format !== undefined) return formatAudio(part.format, part.source.data);
      context.warn("audioPart");
      return undefined;
    case "tool-call": {
      const id = toolUseId(part.id, context.family.claude !== undefined);
      return { toolUse: { toolUseId: id, name: part.name, input: argumentsObject(part.arguments, part.custom) } };
    }
    case "tool-result":
      return formatForeignResult(part, context);
    case "reasoning":
      return hasOwnSignature(part) ? formatOwnBlock(part) : undefined;
    case "opaque":
      if (part.dialect === "bedrock-converse") return part.raw;
      context.warnRaw(part.kind);
      return undefined;
    default:
      return part satisfies never;
  }
}

/** Only Bedrock takes its signatures back, and Claude takes no thoughts without one. */
function hasOwnSignature(part: Extract<Part, { type: "reasoning" }>): boolean {
  return (part.signature ?? part.redacted)?.origin === "bedrock";
}

/** Whether a block of the request's own dialect was made by another maker, and would be refused here. */
export function isForeignReasoning(part: Part): boolean {
  if (part.type !== "reasoning") return false;
  const mark = part.signature ?? part.redacted;
  return mark !== undefined && mark.origin !== "bedrock";
}

export function formatCachePoint(cache: CacheMarker): JsonObject {
  return { cachePoint: { type: "default", ...(cache.ttl && { ttl: cache.ttl }) } };
}

/** "The text field in the ContentBlock object is blank" (400). */
export function isBlank(block: JsonObject): boolean {
  return typeof block["text"] === "string" && block["text"].trim() === "";
}

function formatText(text: string, citations: Extract<Part, { type: "text" }>["citations"]): JsonObject {
  const wires = citations?.map(formatCitation).filter((wire) => wire !== undefined) ?? [];
  return wires.length > 0 ? { citationsContent: { content: [{ text }], citations: wires } } : { text };
}

function formatImage(source: MediaSource): JsonObject | undefined {
  const format = source.kind === "base64" ? imageFormat(source.mediaType) : undefined;
  return format !== undefined && source.kind === "base64"
    ? { image: { format, source: { bytes: source.data } } }
    : undefined;
}

function formatAudio(format: string, data: string): JsonObject {
  return { audio: { format, source: { bytes: data } } };
}

function formatDocument(part: Extract<Part, { type: "document" }>, name: string | undefined): JsonObject | undefined {
  const { source, context, citations } = part;
  const format =
    source.kind === "base64" || source.kind === "text" ? documentFormat(source.mediaType || "text/plain") : undefined;
  if (format === undefined) return undefined;
  // Only Claude takes `text`; every model takes the same as the bytes of a text file.
  const bytes =
    source.kind === "base64" ? source.data : source.kind === "text" ? Buffer.from(source.text).toString("base64") : "";
  return {
    document: {
      format,
      ...(name !== undefined && { name }),
      source: { bytes },
      ...(context !== undefined && { context }),
      ...(citations !== undefined && { citations: { enabled: citations } }),
    },
  };
}

const MAX_NAME_CHARACTERS = 200;

/** Letters, digits, single spaces, hyphens and brackets; a name that is given twice is a 400. */
function documentName(title: string | undefined, taken: Set<string>): string {
  const plain = (title ?? "")
    .replace(/\.[a-z0-9]{1,5}$/i, "")
    .replace(/[^a-zA-Z0-9\-()[\]]+/g, " ")
    .trim()
    .slice(0, MAX_NAME_CHARACTERS);
  const stem = plain === "" ? "document" : plain;
  let name = stem;
  for (let count = 2; taken.has(name); count++) name = `${stem} ${count}`;
  taken.add(name);
  return name;
}

function ownResultContent({ content }: ToolResultPart): JsonObject[] {
  if (typeof content === "string") return [{ text: content }];
  return content.flatMap((part) => {
    const block = (part.spelling?.["wire"] as JsonObject | undefined) ?? formatOwnBlock(part);
    return block ? [{ ...block, ...part.extra }] : [];
  });
}

function formatForeignResult(part: ToolResultPart, context: ContentContext): JsonObject {
  const { content, isError } = part;
  const parts: Part[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  const blocks: JsonObject[] = [];
  for (const inner of parts) {
    const block = formatForeignPart(inner, context);
    if (block && !isBlank(block)) blocks.push(block);
  }
  // "The content field cannot be empty when status value is error" (400).
  if (blocks.length === 0 && isError) blocks.push({ text: "error" });
  return formatResult(part, toolUseId(part.toolCallId, context.family.claude !== undefined), blocks);
}

function formatResult({ isError }: ToolResultPart, id: string, content: JsonObject[]): JsonObject {
  const toolResult: JsonObject = { toolUseId: id, content };
  if (isError !== undefined) toolResult["status"] = isError ? "error" : "success";
  return { toolResult };
}

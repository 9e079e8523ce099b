/**
 * Content blocks into canonical parts; the same blocks stand in requests and in replies. A block that its part does not
 * say exactly keeps its wire form in `spelling`, so that a round trip is exact.
 */
import { isDeepStrictEqual } from "node:util";
import type { CacheMarker, Json, JsonObject, Part, ToolResultPart } from "../../canonical/chat.ts";
import { unwrapSignature } from "../foreign-signature.ts";
import { isObject, otherMembers, textOf } from "../json-object.ts";
import { parseCitation } from "./citations.ts";
import { formatOwnBlock } from "./format-content.ts";
import { invalid } from "./inspect.ts";
import { parseDocumentSource, parseImageSource } from "./media.ts";

/** A cache point marks the part before it. `param` names the place in errors. */
export function parseBlocks(blocks: Json | undefined, param: string): Part[] {
  if (!Array.isArray(blocks)) throw invalid(param, "must be a list of blocks");
  const parts: Part[] = [];
  for (const [index, block] of blocks.entries()) {
    if (!isObject(block)) throw invalid(`${param}[${index}]`, "must be an object");
    const cache = parseCachePoint(block);
    const last = parts[parts.length - 1];
    if (cache && last && !last.cache) last.cache = cache;
    else parts.push(parseBlock(block));
  }
  return parts;
}

/** The marker, where it says all that the block says. */
export function parseCachePoint(block: JsonObject): CacheMarker | undefined {
  const { cachePoint } = block;
  if (!isObject(cachePoint) || Object.keys(block).length !== 1 || cachePoint["type"] !== "default") return undefined;
  const { ttl } = cachePoint;
  const known = ttl === "5m" || ttl === "1h";
  if (Object.keys(cachePoint).length !== (known ? 2 : 1)) return undefined;
  return known ? { ttl } : {};
}

const KINDS = [
  "text",
  "image",
  "document",
  "audio",
  "toolUse",
  "toolResult",
  "reasoningContent",
  "guardContent",
  "citationsContent",
  "video",
  "searchResult",
  "cachePoint",
] as const;

export function parseBlock(block: JsonObject): Part {
  const kind = KINDS.find((name) => block[name] !== undefined);
  const part = (kind && readBlock(kind, block[kind]!)) ?? opaque(block, kind);
  if (part.type === "opaque") return part;
  const extra = otherMembers(block, [kind!]);
  if (extra) part.extra = extra;
  if (!isDeepStrictEqual({ ...formatOwnBlock(part), ...extra }, block)) part.spelling = { wire: block };
  return part;
}

function opaque(block: JsonObject, kind: string | undefined): Part {
  return { type: "opaque", dialect: "bedrock-converse", kind: kind ?? Object.keys(block)[0] ?? "block", raw: block };
}

/** Undefined where only Bedrock can read it. */
function readBlock(kind: (typeof KINDS)[number], value: Json): Part | undefined {
  if (kind === "text") return typeof value === "string" ? { type: "text", text: value } : undefined;
  if (!isObject(value)) return undefined;
  switch (kind) {
    case "image": {
      const source = parseImageSource(value);
      return source && { type: "image", source };
    }
    case "document":
      return readDocument(value);
    case "audio":
      return readAudio(value);
    case "toolUse":
      return readToolUse(value);
    case "toolResult":
      return readToolResult(value);
    case "reasoningContent":
      return readReasoning(value);
    case "guardContent":
      return isObject(value["text"]) ? { type: "text", text: textOf(value["text"]["text"]) } : undefined;
    case "citationsContent":
      return readCitations(value);
    default:
      return undefined;
  }
}

function readDocument(value: JsonObject): Part | undefined {
  const source = parseDocumentSource(value);
  if (!source) return undefined;
  const { name, context, citations } = value;
  const enabled = isObject(citations) ? citations["enabled"] : undefined;
  return {
    type: "document",
    source,
    ...(typeof name === "string" && { title: name }),
    ...(typeof context === "string" && { context }),
    ...(typeof enabled === "boolean" && { citations: enabled }),
  };
}

function readAudio(value: JsonObject): Part | undefined {
  const { format, source } = value;
  if (typeof format !== "string" || !isObject(source) || typeof source["bytes"] !== "string") return undefined;
  return { type: "audio", format, source: { kind: "base64", mediaType: `audio/${format}`, data: source["bytes"] } };
}

/** A tool that Bedrock runs itself says so in `type`. */
function readToolUse({ toolUseId, name, input, type }: JsonObject): Part | undefined {
  if (type !== undefined || typeof toolUseId !== "string" || typeof name !== "string") return undefined;
  return { type: "tool-call", id: toolUseId, name, arguments: input === undefined ? "" : JSON.stringify(input) };
}

function readToolResult({ toolUseId, content, status, type }: JsonObject): Part | undefined {
  if (type !== undefined || typeof toolUseId !== "string" || !Array.isArray(content)) return undefined;
  const parts = content.filter(isObject).map(readResultBlock);
  const part: ToolResultPart = { type: "tool-result", toolCallId: toolUseId, content: parts };
  const only = parts[0];
  if (parts.length === 1 && only?.type === "text" && !only.spelling && !only.extra) part.content = only.text;
  if (status === "error" || status === "success") part.isError = status === "error";
  return part;
}

function readResultBlock(block: JsonObject): Part {
  if (block["json"] === undefined) return parseBlock(block);
  return { type: "text", text: JSON.stringify(block["json"]), spelling: { wire: block } };
}

function readReasoning({ reasoningText, redactedContent }: JsonObject): Part | undefined {
  if (typeof redactedContent === "string") {
    const redacted = unwrapSignature(redactedContent, "bedrock");
    return { type: "reasoning", text: "", ...(redacted && { redacted }) };
  }
  if (!isObject(reasoningText)) return undefined;
  const signature = unwrapSignature(textOf(reasoningText["signature"]), "bedrock");
  return { type: "reasoning", text: textOf(reasoningText["text"]), ...(signature && { signature }) };
}

function readCitations({ content, citations }: JsonObject): Part {
  const texts = Array.isArray(content) ? content.filter(isObject).map((one) => textOf(one["text"])) : [];
  const found = Array.isArray(citations) ? citations.filter(isObject).map(parseCitation) : [];
  return { type: "text", text: texts.join(""), ...(found.length > 0 && { citations: found }) };
}

/** Content blocks into canonical parts; the same blocks stand in requests and in replies. */
import type { CacheMarker, Json, JsonObject, MediaSource, Part, ReasoningPart } from "../../canonical/chat.ts";
import { unwrapSignature } from "../foreign-signature.ts";
import { parseCitations } from "./citations.ts";
import { invalid } from "./inspect.ts";
import { isObject, pick, rest, stringOf } from "./json.ts";

/** A string stays a string. `param` names the place in errors: `messages[2].content`. */
export function parseContent(content: Json | undefined, param: string): string | Part[] {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw invalid(param, "must be a string or a list of blocks");
  const parts: Part[] = [];
  for (const [index, block] of content.entries()) {
    if (!isObject(block) || typeof block["type"] !== "string")
      throw invalid(`${param}[${index}]`, "must be a block with a type");
    const part = parseBlock(block, `${param}[${index}]`);
    if (!signsPrevious(part, parts[parts.length - 1])) parts.push(part);
  }
  return parts;
}

/** Gemini signs texts and tool calls; towards clients such a signature follows in a thinking block without text. */
function signsPrevious(part: Part, previous: Part | undefined): boolean {
  if (part.type !== "reasoning" || part.text !== "" || part.signature?.origin !== "gemini") return false;
  if ((previous?.type !== "tool-call" && previous?.type !== "text") || previous.signature) return false;
  previous.signature = part.signature;
  return true;
}

/** A block of a type without canonical form stays opaque. Throws only where a required text or name is missing. */
export function parseBlock(block: JsonObject, param: string): Part {
  switch (block["type"]) {
    case "text":
      return parseText(block, param);
    case "image":
      return parseImage(block);
    case "document":
      return parseDocument(block);
    case "tool_use":
      return parseToolUse(block, param);
    case "tool_result":
      return parseToolResult(block, param);
    case "thinking":
      return parseThinking(block);
    case "redacted_thinking": {
      const redacted = unwrapSignature(stringOf(block["data"]), "anthropic");
      return { type: "reasoning", text: "", ...(redacted && { redacted }), ...remains(block, ["data"]) };
    }
    default:
      return opaque(block);
  }
}

function parseText(block: JsonObject, param: string): Part {
  if (typeof block["text"] !== "string") throw invalid(`${param}.text`, "must be a string");
  const citations = parseCitations(block["citations"]);
  return {
    type: "text",
    text: block["text"],
    ...(citations.length > 0 && { citations }),
    ...remains(block, citations.length > 0 ? ["text", "citations"] : ["text"]),
  };
}

function parseImage(block: JsonObject): Part {
  const source = parseSource(block["source"]);
  if (!source || source.kind === "text") return opaque(block);
  return { type: "image", source, ...remains(block, ["source"]) };
}

function parseDocument(block: JsonObject): Part {
  const source = parseSource(block["source"]);
  if (source) return document(block, source, ["source", "title", "context", "citations"]);
  // A document made of blocks: its text is canonical, the blocks survive as they are for Anthropic.
  const text = blocksText(isObject(block["source"]) ? block["source"]["content"] : undefined);
  if (text === undefined) return opaque(block);
  return document(block, { kind: "text", mediaType: "text/plain", text }, ["title", "context", "citations"]);
}

function document(block: JsonObject, source: MediaSource, known: string[]): Part {
  const { title, context, citations } = block;
  const enabled = isObject(citations) && Object.keys(citations).length === 1 ? citations["enabled"] : undefined;
  const spelled = known.filter(
    (key) =>
      !(key === "title" && typeof title !== "string") &&
      !(key === "context" && typeof context !== "string") &&
      !(key === "citations" && typeof enabled !== "boolean"),
  );
  return {
    type: "document",
    source,
    ...(typeof title === "string" && { title }),
    ...(typeof context === "string" && { context }),
    ...(typeof enabled === "boolean" && { citations: enabled }),
    ...remains(block, spelled),
  };
}

function parseToolUse(block: JsonObject, param: string): Part {
  const { id, name, input } = block;
  if (typeof id !== "string" || typeof name !== "string") throw invalid(param, "a tool_use needs an id and a name");
  return {
    type: "tool-call",
    id,
    name,
    arguments: input === undefined ? "" : JSON.stringify(input),
    ...remains(block, ["id", "name", "input"]),
  };
}

function parseToolResult(block: JsonObject, param: string): Part {
  const { tool_use_id: toolCallId, content, is_error: isError } = block;
  if (typeof toolCallId !== "string") throw invalid(`${param}.tool_use_id`, "must be a string");
  const known = ["tool_use_id", "is_error", ...(content === "" || content === null ? [] : ["content"])];
  return {
    type: "tool-result",
    toolCallId,
    content: content === undefined || content === null ? "" : parseContent(content, `${param}.content`),
    ...(typeof isError === "boolean" && { isError }),
    ...remains(block, known),
  };
}

function parseThinking(block: JsonObject): ReasoningPart {
  const wire = stringOf(block["signature"]);
  const signature = unwrapSignature(wire, "anthropic");
  return {
    type: "reasoning",
    text: stringOf(block["thinking"]),
    ...(signature && { signature }),
    // An empty signature is some servers' own (their makers take it back); a missing one is our mark, or none.
    ...remains(block, wire === "" ? ["thinking"] : ["thinking", "signature"]),
  };
}

function opaque(block: JsonObject): Part {
  return { type: "opaque", dialect: "anthropic-messages", kind: stringOf(block["type"]), raw: block };
}

function parseSource(source: Json | undefined): MediaSource | undefined {
  if (!isObject(source)) return undefined;
  const { type, media_type: mediaType, data, url, file_id: id } = source;
  if (type === "base64" && typeof data === "string") return { kind: "base64", mediaType: stringOf(mediaType), data };
  if (type === "text" && typeof data === "string") return { kind: "text", mediaType: stringOf(mediaType), text: data };
  if (type === "url" && typeof url === "string") return { kind: "url", url };
  if (type === "file" && typeof id === "string") return { kind: "file", id };
  return undefined;
}

function blocksText(content: Json | undefined): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((block) => (isObject(block) && block["type"] === "text" ? block["text"] : undefined));
  return texts.every((text) => typeof text === "string") ? texts.join("\n\n") : undefined;
}

/** Fields with a canonical meaning: what of them is odd (null, empty) is a spelling, everything else is `extra`. */
const CANONICAL = [
  "cache_control",
  "caller",
  "citations",
  "content",
  "context",
  "input",
  "is_error",
  "signature",
  "source",
  "title",
];

/** The cache marker, and what the part does not say yet. */
function remains(block: JsonObject, said: readonly string[]): Pick<Part, "cache" | "extra" | "spelling"> {
  const cache = parseCache(block["cache_control"]);
  const known = cache?.exact ? ["type", "cache_control", ...said] : ["type", ...said];
  const extra = rest(block, [...known, ...CANONICAL]);
  const spelling = pick(block, CANONICAL, known);
  return { ...(cache && { cache: cache.marker }), ...(extra && { extra }), ...(spelling && { spelling }) };
}

/** `exact` when the marker says all that the field said. */
export function parseCache(wire: Json | undefined): { marker: CacheMarker; exact: boolean } | undefined {
  if (!isObject(wire) || wire["type"] !== "ephemeral") return undefined;
  const ttl = wire["ttl"];
  const known = ttl === "5m" || ttl === "1h";
  return {
    marker: known ? { ttl } : {},
    exact: Object.keys(wire).length === (known ? 2 : 1),
  };
}

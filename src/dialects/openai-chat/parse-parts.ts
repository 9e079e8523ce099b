import type { Json, JsonObject, MediaSource, Part } from "../../canonical/chat.ts";
import { parseCache } from "./cache-marker.ts";
import { parseDataUrl } from "./data-url.ts";
import { invalid } from "./inspect.ts";
import { type Fields, fieldsOf, isEmpty, isObject, isString } from "./json.ts";

/** Content parts of a message. What has no canonical form stays opaque. */
export function parseParts(content: readonly Json[], param: string): Part[] {
  return content.map((part, index) => {
    if (!isObject(part)) throw invalid(`${param}[${index}]`, `'${param}[${index}]' must be a content part.`);
    return parsePart(part);
  });
}

function parsePart(wire: JsonObject): Part {
  const fields = fieldsOf(wire);
  fields.drop("type");
  switch (wire["type"]) {
    case "text": {
      const text = fields.take("text", isString);
      return text === undefined ? opaque(wire) : withCommon({ type: "text", text }, fields);
    }
    case "refusal": {
      const text = fields.take("refusal", isString);
      return text === undefined ? opaque(wire) : withCommon({ type: "refusal", text }, fields);
    }
    case "image_url":
      return parseImage(fields) ?? opaque(wire);
    case "input_audio":
      return parseAudio(fields) ?? opaque(wire);
    case "file":
      return parseFile(fields) ?? opaque(wire);
    default:
      return opaque(wire);
  }
}

function opaque(raw: JsonObject): Part {
  return { type: "opaque", dialect: "openai-chat", kind: isString(raw["type"]) ? raw["type"] : "unknown", raw };
}

function withCommon(part: Part, fields: Fields, inner?: Fields): Part {
  const cache = parseCache(fields);
  if (cache) part.cache = cache;
  const { extra, neutral } = fields.rest();
  if (extra) part.extra = extra;
  const spelling: JsonObject = { ...part.spelling };
  if (neutral) spelling["neutral"] = neutral;
  const within = inner?.rest();
  if (within?.extra || within?.neutral) spelling["inner"] = { ...within.neutral, ...within.extra };
  if (!isEmpty(spelling)) part.spelling = spelling;
  return part;
}

/** `image_url` is an object; Mistral also takes the bare address. */
function parseImage(fields: Fields): Part | undefined {
  const bare = fields.take("image_url", isString);
  const inner = fieldsOf(bare === undefined ? (fields.take("image_url", isObject) ?? {}) : { url: bare });
  const url = inner.take("url", isString);
  if (url === undefined) return undefined;
  const part: Part = { type: "image", source: parseDataUrl(url) ?? { kind: "url", url } };
  const detail = inner.take("detail", isString);
  if (detail !== undefined) part.detail = detail;
  if (bare !== undefined) part.spelling = { bare: true };
  return withCommon(part, fields, inner);
}

function parseAudio(fields: Fields): Part | undefined {
  const inner = fieldsOf(fields.take("input_audio", isObject) ?? {});
  const data = inner.take("data", isString);
  const format = inner.take("format", isString);
  if (data === undefined || format === undefined) return undefined;
  const mediaType = format === "mp3" ? "audio/mpeg" : `audio/${format}`;
  return withCommon({ type: "audio", source: { kind: "base64", mediaType, data }, format }, fields, inner);
}

function parseFile(fields: Fields): Part | undefined {
  const inner = fieldsOf(fields.take("file", isObject) ?? {});
  const filename = inner.take("filename", isString);
  const source = parseFileSource(inner);
  if (!source) return undefined;
  const part: Part = { type: "document", source };
  if (filename !== undefined) part.filename = filename;
  return withCommon(part, fields, inner);
}

/** Content is a data URL for OpenAI; OpenRouter also takes an address there. */
function parseFileSource(inner: Fields): MediaSource | undefined {
  const data = inner.take("file_data", isString);
  if (data !== undefined) return parseDataUrl(data) ?? { kind: "url", url: data };
  const id = inner.take("file_id", isString);
  return id === undefined ? undefined : { kind: "file", id };
}

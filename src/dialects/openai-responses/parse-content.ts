import type { Json, JsonObject, MediaSource, Part } from "../../canonical/chat.ts";
import { isObject, textOf } from "../json-object.ts";
import { parseDataUrl } from "../openai-chat/data-url.ts";
import { parseAnnotations } from "./citations.ts";
import { invalid } from "./inspect.ts";

/** Content of a message or a tool's result: a text or a list of parts. What has no canonical form stays opaque. */
export function parseContent(content: Json | undefined, param: string): string | Part[] {
  if (typeof content === "string") return content;
  if (content === undefined || content === null) return "";
  if (!Array.isArray(content)) throw invalid(param, `'${param}' must be a text or a list of content parts.`);
  return content.map((wire, index) => {
    if (!isObject(wire)) throw invalid(`${param}[${index}]`, `'${param}[${index}]' must be a content part.`);
    return withExtra(parsePart(wire), wire);
  });
}

const KNOWN: ReadonlySet<string> = new Set([
  "type",
  "text",
  "annotations",
  "logprobs",
  "refusal",
  "detail",
  "image_url",
  "file_id",
  "file_url",
  "file_data",
  "filename",
  "input_audio",
]);

function withExtra(part: Part, wire: JsonObject): Part {
  if (part.type === "opaque") return part;
  const unknown = Object.entries(wire).filter(([key, value]) => !KNOWN.has(key) && value !== null);
  if (unknown.length > 0) part.extra = Object.fromEntries(unknown);
  return part;
}

function parsePart(wire: JsonObject): Part {
  switch (wire["type"]) {
    case "input_text":
    case "text":
      return { type: "text", text: textOf(wire["text"]) };
    case "output_text": {
      const citations = parseAnnotations(wire["annotations"]);
      return { type: "text", text: textOf(wire["text"]), ...(citations.length > 0 && { citations }) };
    }
    case "refusal":
      return { type: "refusal", text: textOf(wire["refusal"]) };
    case "input_image": {
      const source = sourceOf(wire["image_url"], wire["file_id"]);
      if (!source) return opaque(wire);
      const { detail } = wire;
      return { type: "image", source, ...(typeof detail === "string" && { detail }) };
    }
    case "input_audio": {
      const audio = wire["input_audio"];
      if (!isObject(audio) || typeof audio["data"] !== "string" || typeof audio["format"] !== "string")
        return opaque(wire);
      const { data, format } = audio;
      const mediaType = format === "mp3" ? "audio/mpeg" : `audio/${format}`;
      return { type: "audio", source: { kind: "base64", mediaType, data }, format };
    }
    case "input_file": {
      const source = sourceOf(wire["file_data"] ?? wire["file_url"], wire["file_id"]);
      if (!source) return opaque(wire);
      const { filename } = wire;
      return { type: "document", source, ...(typeof filename === "string" && { filename }) };
    }
    default:
      return opaque(wire);
  }
}

function sourceOf(address: Json | undefined, file: Json | undefined): MediaSource | undefined {
  if (typeof address === "string" && address !== "") return parseDataUrl(address) ?? { kind: "url", url: address };
  return typeof file === "string" ? { kind: "file", id: file } : undefined;
}

function opaque(raw: JsonObject): Part {
  return { type: "opaque", dialect: "openai-responses", kind: textOf(raw["type"]) || "unknown", raw };
}

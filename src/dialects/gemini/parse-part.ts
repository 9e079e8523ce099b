/** Parts of a content into canonical parts; the same parts stand in requests and in replies. */
import type { Json, JsonObject, MediaSource, Part, ToolResultPart } from "../../canonical/chat.ts";
import { isObject, objectsOf, rest, stringOf } from "./json.ts";
import { camel } from "./proto-names.ts";
import { parseSignature } from "./signatures.ts";

/** Ids for calls and results that have none on the wire. */
export interface CallIds {
  ofCall(name: string, id: string | undefined): string;
  ofResult(name: string, id: string | undefined): string;
}

const DIALECT = "gemini";

/** A part of a kind without canonical form (executed code, server-side tools, video) stays opaque. Never throws. */
export function parsePart(wire: JsonObject, ids: CallIds): Part {
  const part = camel(wire);
  const signed = parseSignature(stringOf(part["thoughtSignature"]));
  if (part["thought"] === true && !hasData(part)) return parseThought(part, signed);
  if (typeof part["text"] === "string") return parseText(part, part["text"], signed);
  if (isObject(part["functionCall"])) return parseCall(part, part["functionCall"], signed, ids);
  if (isObject(part["functionResponse"])) return parseResult(part, part["functionResponse"], ids);
  const media = parseMedia(part);
  if (media) return media;
  if (signed) return parseText(part, "", signed, { noText: true });
  const kind = Object.keys(part).find((key) => isObject(part[key])) ?? "part";
  return { type: "opaque", dialect: DIALECT, kind, raw: wire };
}

type Signed = ReturnType<typeof parseSignature>;

function hasData(part: JsonObject): boolean {
  return isObject(part["functionCall"]) || isObject(part["inlineData"]) || isObject(part["executableCode"]);
}

function parseThought(part: JsonObject, signed: Signed): Part {
  const extra = rest(part, ["text", "thought", "thoughtSignature"]);
  return {
    type: "reasoning",
    text: stringOf(part["text"]),
    ...(signed?.signature && { signature: signed.signature }),
    ...(signed?.redacted && { redacted: signed.redacted }),
    ...(extra && { extra }),
    ...(part["text"] === undefined && { spelling: { noText: true } }),
  };
}

function parseText(part: JsonObject, text: string, signed: Signed, spelled: JsonObject = {}): Part {
  const extra = rest(part, ["text", "thought", "thoughtSignature"]);
  const spelling = { ...spelled, ...(part["thought"] !== undefined && { thought: part["thought"] }) };
  return {
    type: "text",
    text,
    ...(signed?.signature && { signature: signed.signature }),
    ...(extra && { extra }),
    ...(Object.keys(spelling).length > 0 && { spelling }),
  };
}

/** Arguments that are absent are an empty text, as elsewhere. */
function parseCall(part: JsonObject, wire: JsonObject, signed: Signed, ids: CallIds): Part {
  const call = camel(wire);
  const name = stringOf(call["name"]);
  const id = typeof call["id"] === "string" ? call["id"] : undefined;
  const inner = rest(call, ["id", "name", "args"]);
  const spelling: JsonObject = { ...(id === undefined && { noId: true }), ...(inner && { inner }) };
  if (part["thought"] !== undefined) spelling["thought"] = part["thought"];
  const extra = rest(part, ["functionCall", "thought", "thoughtSignature"]);
  return {
    type: "tool-call",
    id: ids.ofCall(name, id === "" ? undefined : id),
    name,
    arguments: call["args"] === undefined || call["args"] === null ? "" : JSON.stringify(call["args"]),
    ...(signed?.signature && { signature: signed.signature }),
    ...(Object.keys(spelling).length > 0 && { spelling }),
    ...(extra && { extra }),
  };
}

/** The keys under which Google tells a model what a function said. */
const OUTPUT = "output";
const ERROR = "error";

function parseResult(part: JsonObject, wire: JsonObject, ids: CallIds): ToolResultPart {
  const result = camel(wire);
  const name = stringOf(result["name"]);
  const id = typeof result["id"] === "string" ? result["id"] : undefined;
  const response = result["response"];
  const only = isObject(response) && Object.keys(response).length === 1 ? Object.keys(response)[0] : undefined;
  const said = only === OUTPUT || only === ERROR || only === "result" ? (response as JsonObject)[only] : undefined;
  const text = typeof said === "string" ? said : response === undefined ? "" : JSON.stringify(response);
  const media = objectsOf(result["parts"]).map((one) => parsePart(one, ids));
  const inner = rest(result, ["id", "name", "response", "parts"]);
  const spelling: JsonObject = {
    ...(id === undefined && { noId: true }),
    ...(typeof said === "string" ? { key: only! } : { response: response ?? null }),
    ...(response === undefined && { noResponse: true }),
    ...(inner && { inner }),
  };
  const extra = rest(part, ["functionResponse"]);
  return {
    type: "tool-result",
    toolCallId: ids.ofResult(name, id === "" ? undefined : id),
    name,
    content: media.length > 0 ? [{ type: "text", text }, ...media] : text,
    ...(only === ERROR && { isError: true }),
    spelling,
    ...(extra && { extra }),
  };
}

/** Images, audio and documents; video has no canonical form. */
function parseMedia(part: JsonObject): Part | undefined {
  const inline = isObject(part["inlineData"]) ? camel(part["inlineData"]) : undefined;
  const file = isObject(part["fileData"]) ? camel(part["fileData"]) : undefined;
  const wire = inline ?? file;
  if (!wire) return undefined;
  const mediaType = stringOf(wire["mimeType"]);
  const source = inline ? inlineSource(inline, mediaType) : fileSource(stringOf(file!["fileUri"]));
  const inner = rest(wire, ["mimeType", "data", "fileUri", "displayName"]);
  const displayName = stringOf(wire["displayName"]);
  const extra = rest(part, ["inlineData", "fileData", "thoughtSignature", "thought"]);
  const spelling: JsonObject = {
    ...(file && wire["mimeType"] !== undefined && { mimeType: wire["mimeType"] }),
    ...(inner && { inner }),
    ...(displayName !== "" && { displayName }),
    ...(part["thoughtSignature"] !== undefined && { thoughtSignature: part["thoughtSignature"] }),
    ...(part["thought"] !== undefined && { thought: part["thought"] }),
  };
  const base = { source, ...(extra && { extra }), ...(Object.keys(spelling).length > 0 && { spelling }) };
  if (mediaType.startsWith("image/")) return { type: "image", ...base };
  if (mediaType.startsWith("audio/")) return { type: "audio", ...base, format: audioFormat(mediaType) };
  if (isVideo(mediaType, source)) return undefined;
  return { type: "document", ...base, ...(displayName !== "" && { filename: displayName }) };
}

function inlineSource(wire: JsonObject, mediaType: string): MediaSource {
  return { kind: "base64", mediaType, data: standardBase64(stringOf(wire["data"])) };
}

/** Files of Google's own stores are readable there alone. */
function fileSource(uri: string): MediaSource {
  const own = uri.startsWith("gs://") || uri.startsWith("https://generativelanguage.googleapis.com/");
  return own || !/^https?:/.test(uri) ? { kind: "file", id: uri } : { kind: "url", url: uri };
}

function isVideo(mediaType: string, source: MediaSource): boolean {
  if (mediaType.startsWith("video/")) return true;
  return source.kind === "url" && /^https?:\/\/(www\.)?(youtube\.com|youtu\.be)\//.test(source.url);
}

/** As OpenAI names it; generated speech is `audio/L16;codec=pcm;rate=24000`. */
function audioFormat(mediaType: string): string {
  const subtype = mediaType.slice("audio/".length).split(";")[0]!.toLowerCase().replace(/^x-/, "");
  if (subtype === "l16" || subtype === "pcm") return "pcm16";
  return subtype === "mpeg" ? "mp3" : subtype;
}

/** A list of parts; anything else is none. */
export function partsOf(content: Json | undefined): JsonObject[] {
  return isObject(content) ? objectsOf(content["parts"]) : [];
}

/** Bytes in proto JSON may use the alphabet for URLs, as Google's SDK for Python does; no other dialect takes it. */
function standardBase64(data: string): string {
  return data.includes("-") || data.includes("_") ? data.replaceAll("-", "+").replaceAll("_", "/") : data;
}

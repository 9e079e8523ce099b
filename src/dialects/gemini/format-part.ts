/** Canonical parts into parts of a content. */
import type {
  AudioPart,
  DocumentPart,
  ImagePart,
  JsonObject,
  MediaSource,
  Part,
  ToolCallPart,
  ToolResultPart,
} from "../../canonical/chat.ts";
import { fieldName, type NamedField } from "../field-names.ts";
import { isMadeCallId } from "./call-ids.ts";
import { isObject } from "./json.ts";
import type { ModelGeneration } from "./models.ts";
import { formatSignature } from "./signatures.ts";

export interface PartContext {
  /** The request's own dialect: owner of every `extra`. */
  dialect: string;
  own: boolean;
  generation: ModelGeneration;
  /** False: the target refuses ids of calls as unknown fields. */
  callIds: boolean;
  warn(field: string): void;
  /** Names of the functions that results answer, by the call's id. */
  functionNames: ReadonlyMap<string, string>;
}

/** Nothing for what Gemini cannot take: named in a warning, unless only its maker could have read it. */
export function formatPart(part: Part, context: PartContext): JsonObject[] {
  const wires = formatBare(part, context);
  const first = wires[0];
  if (!first) return [];
  if (context.own) Object.assign(first, ownFields(part), part.extra);
  else for (const key of Object.keys(part.extra ?? {})) context.warn(`messages[].content[].${key}`);
  return wires;
}

function ownFields({ spelling, type }: Part): JsonObject {
  const fields: JsonObject = {};
  for (const key of ["thought", "thoughtSignature"])
    if (spelling?.[key] !== undefined && type !== "reasoning") fields[key] = spelling[key];
  return fields;
}

function formatBare(part: Part, context: PartContext): JsonObject[] {
  switch (part.type) {
    case "text":
      return [signed(part.spelling?.["noText"] ? {} : { text: part.text }, part.signature)];
    case "refusal":
      return [{ text: part.text }];
    case "reasoning":
      return formatReasoning(part, context);
    case "tool-call":
      return [signed({ functionCall: formatCall(part, context) }, part.signature)];
    case "tool-result":
      return formatResult(part, context);
    case "image":
      return formatMedia(part, "imagePart", context);
    case "audio":
      return formatMedia(part, "audioPart", context);
    case "document":
      return formatDocument(part, context);
    case "opaque":
      if (part.dialect === "gemini") return [{ ...part.raw }];
      context.warn(part.kind);
      return [];
    default:
      return part satisfies never;
  }
}

/** Only Google takes its signatures back, and nobody else's. */
function signed(wire: JsonObject, signature: ToolCallPart["signature"]): JsonObject {
  return signature?.origin === "gemini" ? { ...wire, thoughtSignature: formatSignature(signature) } : wire;
}

/** Thoughts of others are left out; Google's own come back with their signature, and unsigned ones say nothing. */
function formatReasoning(part: Extract<Part, { type: "reasoning" }>, context: PartContext): JsonObject[] {
  if (part.redacted) return [];
  if (part.signature ? part.signature.origin !== "gemini" : !context.own) return [];
  const text: JsonObject = part.spelling?.["noText"] ? {} : { text: part.text };
  return [signed({ ...text, thought: true }, part.signature)];
}

function formatCall(part: ToolCallPart, context: PartContext): JsonObject {
  const call: JsonObject = { ...idOf(part.id, part, context), name: part.name };
  if (part.arguments !== "" || !context.own) call["args"] = argumentsOf(part.arguments, part.custom);
  return context.own ? { ...call, ...(part.spelling?.["inner"] as JsonObject | undefined) } : call;
}

/** `args` must be an object. Text that is none (cut arguments, free-text tools) is kept whole under one key. */
export function argumentsOf(text: string, custom: boolean | undefined): JsonObject {
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

function idOf(id: string, part: Part, context: PartContext): JsonObject {
  if (context.own) return part.spelling?.["noId"] || isMadeCallId(id) ? {} : { id };
  return context.callIds && id !== "" && !isMadeCallId(id) ? { id } : {};
}

function formatResult(part: ToolResultPart, context: PartContext): JsonObject[] {
  const name = part.name ?? context.functionNames.get(part.toolCallId) ?? "tool";
  const result: JsonObject = { ...idOf(part.toolCallId, part, context), name };
  const { content } = part;
  const texts =
    typeof content === "string" ? [content] : content.flatMap((one) => (one.type === "text" ? one.text : []));
  result["response"] = responseOf(part, texts.join("\n"), context);
  if (context.own && part.spelling?.["noResponse"]) delete result["response"];
  if (context.own) Object.assign(result, part.spelling?.["inner"]);
  const others = typeof content === "string" ? [] : content.filter((one) => one.type !== "text");
  const media = others.flatMap((one) => formatPart(one, context));
  if (media.length === 0) return [{ functionResponse: result }];
  // Before Gemini 3 a result is JSON alone: its images follow as parts of the same turn.
  if (!context.own && !context.generation.mediaInResults) return [{ functionResponse: result }, ...media];
  return [{ functionResponse: { ...result, parts: media } }];
}

/** Google's words: "output" for what a function returned, "error" for how it failed. */
function responseOf(part: ToolResultPart, text: string, context: PartContext): JsonObject {
  const { spelling } = part;
  if (context.own && spelling?.["response"] !== undefined) {
    const raw = spelling["response"];
    if (JSON.stringify(raw) === text || text === "") return raw as JsonObject;
  }
  const key = context.own && typeof spelling?.["key"] === "string" ? spelling["key"] : undefined;
  return { [key ?? (part.isError ? "error" : "output")]: text };
}

function formatDocument(part: DocumentPart, context: PartContext): JsonObject[] {
  const { source } = part;
  if (source.kind !== "text") return formatMedia(part, "filePart", context);
  const title = part.title ?? part.filename;
  return [{ text: title ? `${title}\n\n${source.text}` : source.text }];
}

function formatMedia(
  part: ImagePart | AudioPart | DocumentPart,
  field: NamedField,
  context: PartContext,
): JsonObject[] {
  const { source, spelling } = part;
  const inner = context.own ? { ...(spelling?.["inner"] as JsonObject | undefined), ...displayName(part) } : {};
  if (source.kind === "base64")
    return [{ inlineData: { mimeType: mediaTypeOf(part, source), data: source.data, ...inner } }];
  if (context.own) {
    const fileUri = source.kind === "url" ? source.url : source.kind === "file" ? source.id : "";
    const mimeType = spelling?.["mimeType"];
    return [{ fileData: { ...(mimeType !== undefined && { mimeType }), fileUri, ...inner } }];
  }
  if (source.kind === "url")
    return [{ fileData: { mimeType: guessedType(source.url, part.type), fileUri: source.url } }];
  context.warn(fieldName(context.dialect, field));
  return [];
}

function displayName({ spelling }: Part): JsonObject {
  return typeof spelling?.["displayName"] === "string" ? { displayName: spelling["displayName"] } : {};
}

function mediaTypeOf(part: Part, source: Extract<MediaSource, { kind: "base64" }>): string {
  const known = source.mediaType !== "" && !source.mediaType.endsWith("/*");
  if (known) return source.mediaType === "image/jpg" ? "image/jpeg" : source.mediaType;
  if (part.type === "audio") return `audio/${part.format ?? "wav"}`;
  return part.type === "image" ? "image/png" : "application/pdf";
}

const TYPES: Readonly<Record<string, string>> = {
  gif: "image/gif",
  heic: "image/heic",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  mp3: "audio/mp3",
  pdf: "application/pdf",
  png: "image/png",
  txt: "text/plain",
  wav: "audio/wav",
  webp: "image/webp",
};

const USUAL = { image: "image/jpeg", audio: "audio/mp3", document: "application/pdf" } as const;

/** A URI needs a media type, which other dialects leave to the server that is asked for it. */
function guessedType(url: string, kind: keyof typeof USUAL): string {
  const extension = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? "";
  return TYPES[extension] ?? USUAL[kind];
}

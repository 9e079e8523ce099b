import type { Json, JsonObject, MediaSource, Part } from "../../canonical/chat.ts";
import { formatCache } from "./cache-marker.ts";
import { dataUrl } from "./data-url.ts";
import type { FormatContext } from "./format-request.ts";

/** Content parts of a message. What this dialect cannot say is left out and named. */
export function formatParts(parts: readonly Part[], context: FormatContext): Json[] {
  return parts.flatMap((part) => {
    const wire = formatPart(part, context);
    if (!wire) return [];
    const marked = part.cache && (context.own || context.changes.traits.vendor === "openrouter");
    if (marked) wire["cache_control"] = formatCache(part.cache!);
    if (context.own) return [{ ...wire, ...(part.spelling?.["neutral"] as JsonObject | undefined), ...part.extra }];
    for (const [key, value] of Object.entries(part.extra ?? {}))
      if (value !== null) context.warnRaw(`messages[].content[].${key}`);
    return [wire];
  });
}

function formatPart(part: Part, context: FormatContext): JsonObject | undefined {
  const inner = context.own ? (part.spelling?.["inner"] as JsonObject | undefined) : undefined;
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text };
    case "refusal":
      return { type: "refusal", refusal: part.text };
    case "image": {
      const url = urlOf(part.source);
      if (url === undefined) return unsaid(context, "imagePart");
      if (context.own && part.spelling?.["bare"]) return { type: "image_url", image_url: url };
      const detail: JsonObject = part.detail === undefined ? {} : { detail: part.detail };
      return { type: "image_url", image_url: { url, ...detail, ...inner } };
    }
    case "audio": {
      if (part.source.kind !== "base64") return unsaid(context, "audioPart");
      const format = part.format ?? audioFormat(part.source.mediaType);
      return { type: "input_audio", input_audio: { data: part.source.data, format, ...inner } };
    }
    case "document":
      return formatDocument(part.source, part.filename, part.title, inner, context);
    case "opaque":
      if (part.dialect === "openai-chat") return part.raw;
      context.warnRaw(part.kind);
      return undefined;
    default:
      return undefined;
  }
}

function formatDocument(
  source: MediaSource,
  filename: string | undefined,
  title: string | undefined,
  inner: JsonObject | undefined,
  context: FormatContext,
): JsonObject | undefined {
  // Documents of plain text are text: servers take only PDF as a file.
  if (source.kind === "text") return { type: "text", text: title ? `${title}\n\n${source.text}` : source.text };
  const named: JsonObject = filename === undefined ? {} : { filename };
  if (source.kind === "file")
    return context.own
      ? { type: "file", file: { ...named, file_id: source.id, ...inner } }
      : unsaid(context, "filePart");
  if (source.kind === "url" && !context.own && context.changes.traits.vendor !== "openrouter")
    return unsaid(context, "filePart");
  const name: JsonObject = context.own ? named : { filename: filename ?? title ?? "document.pdf" };
  return { type: "file", file: { ...name, file_data: urlOf(source)!, ...inner } };
}

function unsaid(context: FormatContext, field: "imagePart" | "audioPart" | "filePart"): undefined {
  context.warn(field);
  return undefined;
}

function urlOf(source: MediaSource): string | undefined {
  if (source.kind === "url") return source.url;
  return source.kind === "base64" ? dataUrl(source.mediaType, source.data) : undefined;
}

function audioFormat(mediaType: string): string {
  const subtype = mediaType.slice(mediaType.indexOf("/") + 1).replace(/^x-/, "");
  return subtype === "mpeg" ? "mp3" : subtype;
}

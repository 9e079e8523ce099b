import type { AudioPart, JsonObject, Part } from "../../canonical/chat.ts";
import { dataUrl, parseDataUrl } from "./data-url.ts";
import { isObject, isString } from "./json.ts";

/** Generated audio (OpenAI) and images (`images`, OpenRouter and Gemini behind it) of a message or delta. */
export function parseMediaParts(message: JsonObject): Part[] {
  const { audio, images } = message;
  const parts: Part[] = isObject(audio) ? [parseAudio(audio)] : [];
  if (Array.isArray(images)) for (const image of images) parts.push(...parseImage(image));
  return parts;
}

export function parseAudio(audio: JsonObject): AudioPart {
  const { id, data, transcript, expires_at: expiresAt } = audio;
  const part: AudioPart = {
    type: "audio",
    source: { kind: "base64", mediaType: "audio/*", data: isString(data) ? data : "" },
  };
  if (isString(id)) part.id = id;
  if (isString(transcript)) part.transcript = transcript;
  if (expiresAt !== undefined) part.extra = { expires_at: expiresAt };
  return part;
}

function parseImage(image: unknown): Part[] {
  const inner = isObject(image) ? image["image_url"] : undefined;
  const url = isObject(inner) ? inner["url"] : undefined;
  return isString(url) ? [{ type: "image", source: parseDataUrl(url) ?? { kind: "url", url } }] : [];
}

/** The fields that carry generated media; what this dialect has no field for is left out. */
export function formatMedia(parts: readonly Part[]): JsonObject {
  const result: JsonObject = {};
  const images: JsonObject[] = [];
  for (const part of parts) {
    if (part.type === "audio" && part.source.kind === "base64") {
      const { id = "", transcript = "", source, extra } = part;
      result["audio"] = {
        id,
        data: source.data,
        transcript,
        ...(extra?.["expires_at"] !== undefined && { expires_at: extra["expires_at"] }),
      };
    } else if (part.type === "image" && part.source.kind !== "text" && part.source.kind !== "file") {
      const { source } = part;
      const url = source.kind === "url" ? source.url : dataUrl(source.mediaType, source.data);
      images.push({ type: "image_url", image_url: { url } });
    }
  }
  if (images.length > 0) result["images"] = images;
  return result;
}

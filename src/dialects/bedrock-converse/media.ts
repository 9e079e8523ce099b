/** Media by the names of their formats, bytes as base64. */
import type { JsonObject, MediaSource } from "../../canonical/chat.ts";
import { isObject } from "../json-object.ts";

const IMAGES: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/jpg": "jpeg",
  "image/gif": "gif",
  "image/webp": "webp",
};

const DOCUMENTS: Readonly<Record<string, string>> = {
  "application/pdf": "pdf",
  "text/csv": "csv",
  "application/msword": "doc",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.ms-excel": "xls",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "text/html": "html",
  "text/plain": "txt",
  "text/markdown": "md",
};

export function imageFormat(mediaType: string): string | undefined {
  return IMAGES[bare(mediaType)];
}

export function documentFormat(mediaType: string): string | undefined {
  return DOCUMENTS[bare(mediaType)];
}

function bare(mediaType: string): string {
  return mediaType.split(";")[0]!.trim().toLowerCase();
}

function mediaTypeOf(format: unknown, formats: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(formats).find((type) => formats[type] === format);
}

/** Bytes within the body; what lies in S3 can be read by Bedrock alone. */
export function parseImageSource(image: JsonObject): MediaSource | undefined {
  return bytesOf(image, mediaTypeOf(image["format"], IMAGES));
}

export function parseDocumentSource(document: JsonObject): MediaSource | undefined {
  const mediaType = mediaTypeOf(document["format"] ?? "txt", DOCUMENTS);
  const { source } = document;
  if (isObject(source) && typeof source["text"] === "string")
    return { kind: "text", mediaType: mediaType ?? "text/plain", text: source["text"] };
  return bytesOf(document, mediaType);
}

function bytesOf({ source }: JsonObject, mediaType: string | undefined): MediaSource | undefined {
  if (mediaType === undefined || !isObject(source) || typeof source["bytes"] !== "string") return undefined;
  return { kind: "base64", mediaType, data: source["bytes"] };
}

import type { Citation, Json, JsonObject } from "../../canonical/chat.ts";
import { isObject } from "../json-object.ts";

/** `annotations` of a text; kinds other than `url_citation` keep their own form. */
export function parseAnnotations(wire: Json | undefined): Citation[] {
  if (!Array.isArray(wire)) return [];
  return wire.flatMap((entry) => (isObject(entry) ? [parseAnnotation(entry)] : []));
}

export function parseAnnotation(entry: JsonObject): Citation {
  const raw = { dialect: "openai-responses", value: entry };
  if (entry["type"] !== "url_citation") return { kind: "other", raw };
  const citation: Citation = { kind: "url", of: "answer", raw };
  if (typeof entry["url"] === "string") citation.url = entry["url"];
  if (typeof entry["title"] === "string") citation.title = entry["title"];
  if (typeof entry["start_index"] === "number") citation.start = entry["start_index"];
  if (typeof entry["end_index"] === "number") citation.end = entry["end_index"];
  return citation;
}

/** Offsets into the answer are the only ones that this dialect has; a citation without an address is left out. */
export function formatAnnotation(citation: Citation): JsonObject | undefined {
  if (citation.raw?.dialect === "openai-responses") return citation.raw.value;
  if (citation.url === undefined) return undefined;
  const inAnswer = citation.of === "answer";
  return {
    type: "url_citation",
    url: citation.url,
    title: citation.title ?? citation.url,
    start_index: inAnswer ? (citation.start ?? 0) : 0,
    end_index: inAnswer ? (citation.end ?? 0) : 0,
  };
}

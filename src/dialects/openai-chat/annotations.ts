import type { Citation, Json, JsonObject } from "../../canonical/chat.ts";
import { isNumber, isObject, isString } from "./json.ts";

/** `annotations` of a message; entries of other kinds than `url_citation` keep their own form. */
export function parseAnnotations(wire: unknown): Citation[] {
  if (!Array.isArray(wire)) return [];
  return wire.flatMap((entry: Json): Citation[] => (isObject(entry) ? [parseAnnotation(entry)] : []));
}

function parseAnnotation(entry: JsonObject): Citation {
  const raw = { dialect: "openai-chat", value: entry };
  const url = entry["url_citation"];
  if (!isObject(url)) return { kind: "other", raw };
  const citation: Citation = { kind: "url", of: "answer", raw };
  if (isString(url["url"])) citation.url = url["url"];
  if (isString(url["title"])) citation.title = url["title"];
  if (isNumber(url["start_index"])) citation.start = url["start_index"];
  if (isNumber(url["end_index"])) citation.end = url["end_index"];
  return citation;
}

/** Offsets into the answer are the only ones that this dialect has; a citation without an address is left out. */
export function formatAnnotation(citation: Citation): JsonObject | undefined {
  if (citation.raw?.dialect === "openai-chat") return citation.raw.value;
  if (citation.url === undefined) return undefined;
  const offsets =
    citation.of === "answer" ? { start: citation.start ?? 0, end: citation.end ?? 0 } : { start: 0, end: 0 };
  return {
    type: "url_citation",
    url_citation: {
      url: citation.url,
      title: citation.title ?? citation.url,
      start_index: offsets.start,
      end_index: offsets.end,
    },
  };
}

import type { Citation, JsonObject } from "../../canonical/chat.ts";
import { isObject } from "../json-object.ts";

const DIALECT = "bedrock-converse";
const DOCUMENT_LOCATIONS = ["documentChar", "documentPage", "documentChunk"];

export function parseCitation(wire: JsonObject): Citation {
  const citation: Citation = { kind: "other", raw: { dialect: DIALECT, value: wire } };
  const { title, source, sourceContent, location } = wire;
  if (typeof title === "string") citation.title = title;
  const quoted = Array.isArray(sourceContent) ? sourceContent.filter(isObject) : [];
  const text = quoted.map((part) => part["text"]).filter((part) => typeof part === "string");
  if (text.length > 0) citation.citedText = text.join("");
  const place = isObject(location) ? location : {};
  const web = isObject(place["web"]) ? place["web"]["url"] : undefined;
  const url = typeof web === "string" ? web : source;
  if (typeof url === "string" && /^https?:/.test(url)) {
    citation.kind = "url";
    citation.url = url;
  }
  const name = DOCUMENT_LOCATIONS.find((one) => isObject(place[one]));
  if (name === undefined) return citation;
  const { documentIndex, start, end } = place[name] as JsonObject;
  citation.kind = "document";
  citation.of = "document";
  if (typeof documentIndex === "number") citation.documentIndex = documentIndex;
  if (typeof start === "number") citation.start = start;
  if (typeof end === "number") citation.end = end;
  return citation;
}

/** Undefined where the form has no place for it. */
export function formatCitation(citation: Citation): JsonObject | undefined {
  if (citation.raw?.dialect === DIALECT) return citation.raw.value;
  const { kind, url, title, citedText, documentIndex, start, end } = citation;
  const common: JsonObject = {
    ...(title !== undefined && { title }),
    ...(citedText !== undefined && { sourceContent: [{ text: citedText }] }),
  };
  if (kind === "url" && url !== undefined) return { ...common, location: { web: { url } } };
  if (kind === "document" && citation.of === "document")
    return {
      ...common,
      location: { documentChar: { documentIndex: documentIndex ?? 0, start: start ?? 0, end: end ?? 0 } },
    };
  return undefined;
}

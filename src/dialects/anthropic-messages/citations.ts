import type { Citation, Json, JsonObject } from "../../canonical/chat.ts";
import { isObject, stringOf } from "./json.ts";

const DIALECT = "anthropic-messages";

/** A citation of any of the location types; the original stays in `raw`. */
export function parseCitation(wire: JsonObject): Citation {
  const url = wire["url"] ?? wire["source"];
  const title = wire["title"] ?? wire["document_title"];
  const citation: Citation = {
    kind: typeof url === "string" ? "url" : typeof wire["document_index"] === "number" ? "document" : "other",
    raw: { dialect: DIALECT, value: wire },
  };
  if (typeof url === "string") citation.url = url;
  if (typeof title === "string") citation.title = title;
  if (typeof wire["cited_text"] === "string") citation.citedText = wire["cited_text"];
  if (typeof wire["document_index"] === "number") citation.documentIndex = wire["document_index"];
  const start = wire["start_char_index"] ?? wire["start_page_number"] ?? wire["start_block_index"];
  const end = wire["end_char_index"] ?? wire["end_page_number"] ?? wire["end_block_index"];
  if (typeof start === "number" && typeof end === "number") {
    citation.start = start;
    citation.end = end;
    citation.of = "document";
  }
  return citation;
}

export function parseCitations(wire: Json | undefined): Citation[] {
  return Array.isArray(wire) ? wire.filter(isObject).map(parseCitation) : [];
}

/**
 * What an Anthropic client is shown of a citation that another dialect made. A web source becomes a search-result
 * location without the encrypted index, which only Anthropic can make; offsets into the answer have no field.
 */
export function formatCitation(citation: Citation): JsonObject | undefined {
  if (citation.raw?.dialect === DIALECT) return citation.raw.value;
  if (citation.kind === "url" && citation.url !== undefined)
    return {
      type: "web_search_result_location",
      url: citation.url,
      title: citation.title ?? null,
      cited_text: stringOf(citation.citedText),
      encrypted_index: "",
    };
  if (citation.kind === "document" && citation.of === "document")
    return {
      type: "char_location",
      cited_text: stringOf(citation.citedText),
      document_index: citation.documentIndex ?? 0,
      document_title: citation.title ?? null,
      start_char_index: citation.start ?? 0,
      end_char_index: citation.end ?? 0,
    };
  return undefined;
}

/** Whether Anthropic takes the citation back in a history. */
export function isOwnCitation(citation: Citation): boolean {
  return citation.raw?.dialect === DIALECT;
}

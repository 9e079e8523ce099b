/**
 * Citations lie beside the content in whole messages and name their block by `content_index`; canonically they belong
 * to the text that they are about.
 */
import type { Citation, JsonObject, Part } from "../../canonical/chat.ts";
import { isObject } from "../json-object.ts";

const DIALECT = "cohere";

export function parseCitation(wire: JsonObject): Citation {
  const { start, end, text, sources } = wire;
  const citation: Citation = { kind: "other", raw: { dialect: DIALECT, value: wire } };
  if (typeof text === "string") citation.citedText = text;
  if (typeof start === "number" && typeof end === "number") Object.assign(citation, { start, end, of: "answer" });
  const source = Array.isArray(sources) ? sources.find(isObject) : undefined;
  const described = source?.["document"] ?? source?.["tool_output"];
  const { title, url } = isObject(described) ? described : {};
  if (source) citation.kind = "document";
  if (typeof title === "string") citation.title = title;
  if (typeof url === "string") Object.assign(citation, { kind: "url", url });
  return citation;
}

export function formatCitation(citation: Citation, index: number): JsonObject {
  if (citation.raw?.dialect === DIALECT) return citation.raw.value;
  const { citedText = "", start = 0, end = 0, title, url } = citation;
  const document: JsonObject = { ...(title !== undefined && { title }), ...(url !== undefined && { url }) };
  const sources = [{ type: "document", id: url ?? title ?? "doc:0", document }];
  return { start, end, text: citedText, sources, content_index: index, type: "TEXT_CONTENT" };
}

/** Hangs each citation on the text it names, else on the last one; without any text there is nothing to cite. */
export function addCitations(parts: readonly (Part | undefined)[], citations: readonly JsonObject[]): void {
  const texts = parts.filter((part) => part?.type === "text");
  for (const wire of citations) {
    const named = parts[Number(wire["content_index"] ?? -1)];
    const part = named?.type === "text" ? named : texts[texts.length - 1];
    if (part?.type === "text") part.citations = [...(part.citations ?? []), parseCitation(wire)];
  }
}

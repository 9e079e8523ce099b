/**
 * Sources of an answer: `groundingMetadata` (searches, the caller's own documents) and `citationMetadata` (text that the
 * model repeats). Offsets of the first count bytes of UTF-8, elsewhere characters.
 */
import type { Citation, Json, JsonObject } from "../../canonical/chat.ts";
import { countOf, isObject, objectsOf, stringOf } from "./json.ts";

const DIALECT = "gemini";

/** `text`: the answer up to here. */
export function parseCitations(candidate: JsonObject, text: string): Citation[] {
  const { groundingMetadata: grounding, citationMetadata: metadata } = candidate;
  const cited = isObject(metadata) ? (metadata["citations"] ?? metadata["citationSources"]) : undefined;
  return [...(isObject(grounding) ? parseGrounding(grounding, text) : []), ...objectsOf(cited).map(parseCited)];
}

function parseGrounding(grounding: JsonObject, text: string): Citation[] {
  const chunks = objectsOf(grounding["groundingChunks"]);
  const supported = objectsOf(grounding["groundingSupports"]).flatMap((support) => {
    const segment = isObject(support["segment"]) ? support["segment"] : {};
    const indexes = Array.isArray(support["groundingChunkIndices"]) ? support["groundingChunkIndices"] : [];
    return indexes.flatMap((index) => {
      const chunk = chunks[Number(index)];
      return chunk ? [parseChunk(chunk, segment, text)] : [];
    });
  });
  if (supported.length > 0) return supported;
  return chunks.map((chunk) => parseChunk(chunk, undefined, text));
}

function parseChunk(chunk: JsonObject, segment: JsonObject | undefined, text: string): Citation {
  const source = Object.values(chunk).find(isObject) ?? {};
  const citation: Citation = {
    kind: "other",
    raw: { dialect: DIALECT, value: { chunk, ...(segment && { segment }) } },
  };
  const url = source["uri"];
  if (typeof url === "string") Object.assign(citation, { kind: "url", url });
  if (typeof source["title"] === "string") citation.title = source["title"];
  if (!segment) return citation;
  if (typeof segment["text"] === "string") citation.citedText = segment["text"];
  citation.start = characters(text, countOf(segment["startIndex"]));
  citation.end = characters(text, countOf(segment["endIndex"]));
  citation.of = "answer";
  return citation;
}

function characters(text: string, bytes: number): number {
  return Buffer.from(text).subarray(0, bytes).toString().length;
}

function parseCited(wire: JsonObject): Citation {
  const citation: Citation = {
    kind: "other",
    start: countOf(wire["startIndex"]),
    end: countOf(wire["endIndex"]),
    of: "answer",
    raw: { dialect: DIALECT, value: { cited: wire } },
  };
  if (typeof wire["uri"] === "string") Object.assign(citation, { kind: "url", url: wire["uri"] });
  if (typeof wire["title"] === "string") citation.title = wire["title"];
  return citation;
}

/** The candidate's fields that show them; sources without an address have none, unless they are Google's own. */
export function formatCitations(citations: readonly Citation[], text: string): JsonObject {
  const chunks: JsonObject[] = [];
  const places = new Map<string, number>();
  const supports: JsonObject[] = [];
  const cited: Json[] = [];
  for (const citation of citations) {
    const own = citation.raw?.dialect === DIALECT ? citation.raw.value : undefined;
    if (own?.["cited"] !== undefined) {
      cited.push(own["cited"]);
      continue;
    }
    const chunk = isObject(own?.["chunk"]) ? own["chunk"] : webChunk(citation);
    if (!chunk) continue;
    const key = JSON.stringify(chunk);
    const place = places.get(key) ?? chunks.push(chunk) - 1;
    places.set(key, place);
    const segment = own ? own["segment"] : segmentOf(citation, text);
    if (segment !== undefined) supports.push({ segment, groundingChunkIndices: [place] });
  }
  const grounding: JsonObject = {
    groundingChunks: chunks,
    ...(supports.length > 0 && { groundingSupports: supports }),
  };
  return {
    ...(chunks.length > 0 && { groundingMetadata: grounding }),
    ...(cited.length > 0 && { citationMetadata: { citationSources: cited } }),
  };
}

function webChunk({ url, title }: Citation): JsonObject | undefined {
  return url === undefined ? undefined : { web: { uri: url, title: title ?? stringOf(url) } };
}

function segmentOf({ start, end, of, citedText }: Citation, text: string): JsonObject | undefined {
  if (of !== "answer" || start === undefined || end === undefined) return undefined;
  const bytes = (index: number) => Buffer.byteLength(text.slice(0, index));
  return { startIndex: bytes(start), endIndex: bytes(end), text: citedText ?? text.slice(start, end) };
}

import type { JsonObject } from "../../canonical/chat.ts";

/** Fields of a reply or chunk that have canonical names, or are made anew. */
const CANONICAL = new Set(["id", "object", "created", "model", "choices", "usage", "error"]);

/** The only ones that are written again: an answer of another dialect has extras too, which mean nothing here. */
const OWN = ["system_fingerprint", "service_tier", "provider", "citations", "search_results", "prompt_filter_results"];

/** Reply-level fields without a canonical name; null says nothing. */
export function parseExtras(wire: JsonObject): JsonObject | undefined {
  let extras: JsonObject | undefined;
  for (const key in wire) {
    if (CANONICAL.has(key) || wire[key] === null) continue;
    extras ??= {};
    extras[key] = wire[key]!;
  }
  return extras;
}

export function formatExtras(extra: JsonObject | undefined): JsonObject {
  const result: JsonObject = {};
  if (extra) for (const key of OWN) if (extra[key] !== undefined) result[key] = extra[key];
  return result;
}

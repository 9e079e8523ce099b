/** Proto JSON takes a field under both of its names; Google's SDK for Python writes `parameters_json_schema`. */
import type { Json, JsonObject } from "../../canonical/chat.ts";

/** What is in these is the caller's own JSON: none of it is a field of the API. */
const FREE_FORM = new Set(["args", "response", "parametersJsonSchema", "responseJsonSchema", "properties", "labels"]);

/** The body with every field under its camel-case name. */
export function camelNames(body: JsonObject): JsonObject {
  const renamed: JsonObject = {};
  for (const [key, value] of Object.entries(body)) {
    const name = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    renamed[name] = FREE_FORM.has(name) ? value : renamedIn(value);
  }
  return renamed;
}

function renamedIn(value: Json): Json {
  if (Array.isArray(value)) return value.map(renamedIn);
  return typeof value === "object" && value !== null ? camelNames(value) : value;
}

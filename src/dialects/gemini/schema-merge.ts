import type { JsonObject } from "../../canonical/chat.ts";
import { isObject } from "./json.ts";

/** One schema that asks for all of them: properties and requirements add up, of other keywords the last one counts. */
export function mergeAllOf(schemas: readonly JsonObject[]): JsonObject {
  const merged: JsonObject = {};
  for (const schema of schemas) {
    for (const [key, value] of Object.entries(schema)) {
      const before = merged[key];
      if (key === "properties" && isObject(before) && isObject(value)) merged[key] = { ...before, ...value };
      else if (key === "required" && Array.isArray(before) && Array.isArray(value))
        merged[key] = [...new Set([...before, ...value])];
      else if (key === "allOf" && Array.isArray(before) && Array.isArray(value)) merged[key] = [...before, ...value];
      else merged[key] = value;
    }
  }
  return merged;
}

/**
 * Gemini's `Schema` (a part of OpenAPI 3.0, types in capitals) into JSON Schema, for other dialects. A schema that is
 * JSON Schema already stays the same object.
 */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { isObject } from "./json.ts";
import { camel } from "./proto-names.ts";

/** Schemas nest deeper than this only by mistake or malice. */
const MAX_DEPTH = 64;

const COUNTS = ["minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"];

export function jsonSchemaOf(schema: JsonObject, depth = 0): JsonObject {
  if (depth > MAX_DEPTH) return schema;
  const source = camel(schema);
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(source)) {
    const converted = convert(key, value, depth);
    if (converted !== undefined) result[key] = converted;
  }
  if (source["nullable"] === true) allowNull(result);
  const same = source === schema && Object.keys(schema).every((key) => result[key] === schema[key]);
  return same && Object.keys(result).length === Object.keys(schema).length ? schema : result;
}

function convert(key: string, value: Json, depth: number): Json | undefined {
  switch (key) {
    case "type":
      return typeof value === "string" ? value.toLowerCase() : value;
    case "nullable":
    case "propertyOrdering":
      return undefined;
    case "format":
      return value === "enum" ? undefined : value;
    case "example":
      return value;
    case "items":
      return isObject(value) ? jsonSchemaOf(value, depth + 1) : value;
    case "anyOf":
      return sameOr(value, (inner) => jsonSchemaOf(inner, depth + 1));
    case "properties":
      return isObject(value) ? propertiesOf(value, depth) : value;
    default:
      return COUNTS.includes(key) && typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  }
}

function propertiesOf(properties: JsonObject, depth: number): JsonObject {
  const entries = Object.entries(properties).map(
    ([name, inner]) => [name, isObject(inner) ? jsonSchemaOf(inner, depth + 1) : inner] as const,
  );
  return entries.every(([name, inner]) => inner === properties[name]) ? properties : Object.fromEntries(entries);
}

function sameOr(list: Json, change: (inner: JsonObject) => JsonObject): Json {
  if (!Array.isArray(list)) return list;
  const changed = list.map((inner) => (isObject(inner) ? change(inner) : inner));
  return changed.every((inner, index) => inner === list[index]) ? list : changed;
}

function allowNull(schema: JsonObject): void {
  if (typeof schema["type"] === "string") schema["type"] = [schema["type"], "null"];
  else if (Array.isArray(schema["anyOf"])) schema["anyOf"] = [...schema["anyOf"], { type: "null" }];
  if (Array.isArray(schema["enum"])) schema["enum"] = [...schema["enum"], null];
}

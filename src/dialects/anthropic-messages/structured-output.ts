/**
 * JSON schemas for `output_config.format` and strict tools. Anthropic compiles a subset and answers 400 to the rest
 * ("Structured outputs: JSON Schema limitations"), so what it cannot enforce moves into the description, where the
 * model still reads it, as Anthropic's own SDKs do. `additionalProperties` must be false on every object.
 */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { isObject } from "./json.ts";

const STRING_FORMATS = ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

/** Schemas nest deeper than this only by mistake or malice. */
const MAX_DEPTH = 64;

export function supportedSchema(schema: JsonObject, depth = 0): JsonObject {
  const result: JsonObject = {};
  const unsupported: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    const kept = depth > MAX_DEPTH ? value : keep(key, value, schema, depth);
    if (kept === undefined) {
      if (key !== "$schema" && key !== "$id") unsupported.push(`${key}: ${JSON.stringify(value)}`);
    } else result[key === "oneOf" ? "anyOf" : key] = kept;
  }
  if (schema["type"] === "object" && schema["additionalProperties"] === undefined)
    result["additionalProperties"] = false;
  if (unsupported.length > 0) {
    const described = typeof result["description"] === "string" ? `${result["description"]}\n\n` : "";
    result["description"] = `${described}{${unsupported.join(", ")}}`;
  }
  return result;
}

/** The value to send, or undefined when the keyword is refused. */
function keep(key: string, value: Json, schema: JsonObject, depth: number): Json | undefined {
  switch (key) {
    case "properties":
    case "$defs":
    case "definitions":
      return isObject(value) ? mapValues(value, (inner) => nested(inner, depth)) : value;
    case "items":
      return nested(value, depth);
    case "anyOf":
    case "oneOf":
    case "allOf":
      return Array.isArray(value) ? value.map((inner) => nested(inner, depth)) : value;
    case "format":
      return STRING_FORMATS.includes(String(value)) ? value : undefined;
    case "minItems":
      return value === 0 || value === 1 ? value : undefined;
    case "type":
    case "description":
    case "title":
    case "enum":
    case "const":
    case "default":
    case "required":
    case "$ref":
      return value;
    case "additionalProperties":
      // A map of free keys cannot be expressed; the upstream says so better than a schema that forbids all keys.
      return schema["type"] === "object" || value === false ? value : undefined;
    default:
      return undefined;
  }
}

function nested(value: Json, depth: number): Json {
  return isObject(value) ? supportedSchema(value, depth + 1) : value;
}

function mapValues(object: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

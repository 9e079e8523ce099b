/**
 * JSON Schema into Gemini's `Schema`, a part of OpenAPI 3.0 whose unknown fields are answered with 400. `$ref` is
 * resolved, unions become `anyOf`, null becomes `nullable`. What the form cannot say stands in the description, where
 * the model still reads it, and is named as lost.
 */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { isObject, objectsOf } from "./json.ts";
import { mergeAllOf } from "./schema-merge.ts";

/** A recursive schema is unrolled this often; `$ref`s that double at each level would grow without the second bound. */
const MAX_REF_DEPTH = 3;
const MAX_DEPTH = 40;
const MAX_NODES = 4_000;

interface Conversion {
  root: JsonObject;
  nodes: number;
  lost: boolean;
}

/** `lost`: something that restricts values is only described. `schema` is undefined for an object without properties. */
export function geminiSchemaOf(schema: JsonObject): { schema: JsonObject | undefined; lost: boolean } {
  const conversion: Conversion = { root: schema, nodes: 0, lost: false };
  const result = convert(schema, conversion, [], 0);
  const bare = result["type"] === "OBJECT" && Object.keys(result).every((key) => key === "type");
  return { schema: bare ? undefined : result, lost: conversion.lost };
}

function convert(node: JsonObject, conversion: Conversion, refs: readonly string[], depth: number): JsonObject {
  conversion.nodes += 1;
  if (conversion.nodes > MAX_NODES || depth > MAX_DEPTH) return cut(conversion);
  const { $ref: ref } = node;
  if (typeof ref === "string") {
    const target = lookUp(conversion.root, ref);
    if (!target || refs.filter((seen) => seen === ref).length >= MAX_REF_DEPTH) return cut(conversion, node);
    const { $ref: _, ...siblings } = node;
    return convert({ ...target, ...siblings }, conversion, [...refs, ref], depth + 1);
  }
  if (Array.isArray(node["allOf"])) {
    const resolved = objectsOf(node["allOf"]).map((part) => resolve(part, conversion.root));
    const { allOf: _, ...own } = node;
    return convert(mergeAllOf([own, ...resolved]), conversion, refs, depth + 1);
  }
  const inner = (schema: JsonObject) => convert(schema, conversion, refs, depth + 1);
  const union = unionOf(node);
  return union ? convertUnion(node, union, inner) : convertPlain(node, conversion, inner);
}

type Inner = (schema: JsonObject) => JsonObject;

/** The alternatives of `anyOf`, `oneOf`, a list of types or a list of constants of several types. */
function unionOf(node: JsonObject): JsonObject[] | undefined {
  const { type } = node;
  if (Array.isArray(type)) {
    const { type: _, ...others } = node;
    return type.map((one) => (one === "null" ? { type: "null" } : { ...others, type: one }));
  }
  const listed = node["anyOf"] ?? node["oneOf"];
  if (!Array.isArray(listed)) return undefined;
  const { anyOf: _, oneOf: __, description: ___, title: ____, ...shared } = node;
  const alternatives = objectsOf(listed);
  return alternatives.map((one) =>
    one["$ref"] !== undefined || one["type"] === "null" ? one : mergeAllOf([shared, one]),
  );
}

/** Beside `anyOf` no other field is allowed on Vertex, so a description goes into each alternative that has none. */
function convertUnion(node: JsonObject, union: JsonObject[], inner: Inner): JsonObject {
  const nullable = union.some(isNull) || node["nullable"] === true;
  const converted = union.filter((one) => !isNull(one)).map(inner);
  for (const one of converted) {
    if (nullable) one["nullable"] = true;
    if (one["description"] === undefined && typeof node["description"] === "string")
      one["description"] = node["description"];
  }
  if (converted.length === 0) return { type: "NULL" };
  return converted.length === 1 ? converted[0]! : { anyOf: converted };
}

function isNull(node: JsonObject): boolean {
  return node["type"] === "null" || node["const"] === null;
}

/** Keywords that mean nothing for the values, or what Gemini does anyway. */
const SILENT = new Set([
  "$schema",
  "$id",
  "$anchor",
  "$comment",
  "$defs",
  "definitions",
  "additionalProperties",
  "default",
  "deprecated",
  "description",
  "example",
  "examples",
  "nullable",
  "readOnly",
  "strict",
  "writeOnly",
]);

const FORMATS = new Set(["date-time", "float", "double", "int32", "int64"]);

function convertPlain(node: JsonObject, conversion: Conversion, inner: Inner): JsonObject {
  const type = typeOf(node);
  const result: JsonObject = { type: type.toUpperCase() };
  const described: string[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (SILENT.has(key) && !(key === "additionalProperties" && isObject(value))) continue;
    if (!keep(key, value, type, result, inner)) described.push(`${key}: ${JSON.stringify(value)}`);
  }
  if (type === "array" && result["items"] === undefined) result["items"] = { type: "STRING" };
  if (node["nullable"] === true) result["nullable"] = true;
  if (described.length > 0) conversion.lost = true;
  const own = typeof node["description"] === "string" ? [node["description"]] : [];
  const description = [...own, ...(described.length > 0 ? [`{${described.join(", ")}}`] : [])].join("\n\n");
  if (description !== "") result["description"] = description;
  return result;
}

/** Writes the keyword into `result`; false when it can only be described. */
function keep(key: string, value: Json, type: string, result: JsonObject, inner: Inner): boolean {
  switch (key) {
    case "type":
      return true;
    case "title":
    case "minimum":
    case "maximum":
    case "minLength":
    case "maxLength":
    case "pattern":
    case "minItems":
    case "maxItems":
    case "minProperties":
    case "maxProperties":
    case "propertyOrdering":
      result[key] = value;
      return true;
    case "required":
      if (Array.isArray(value) && value.length > 0 && isObject(result["properties"]))
        result["required"] = value.filter((name) => (result["properties"] as JsonObject)[String(name)] !== undefined);
      else if (Array.isArray(value) && value.length > 0) result["required"] = value;
      return true;
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return keepExclusive(key, value, type, result);
    case "format":
      if (!FORMATS.has(String(value))) return value === "enum";
      result["format"] = value;
      return true;
    case "enum":
    case "const":
      return keepEnum(key === "enum" ? value : [value], type, result);
    case "items":
      if (isObject(value)) result["items"] = inner(value);
      return isObject(value);
    case "prefixItems":
      // Tuples have no form: any of the elements' forms, and the order in words.
      if (type === "array" && !isObject(result["items"]))
        result["items"] = inner({ anyOf: Array.isArray(value) ? value : [] });
      return false;
    case "properties":
      keepProperties(value, result, inner);
      return true;
    default:
      return false;
  }
}

/** "should be non-empty for OBJECT type" (400). */
function keepProperties(value: Json, result: JsonObject, inner: Inner): void {
  if (!isObject(value) || Object.keys(value).length === 0) return;
  result["properties"] = Object.fromEntries(
    Object.entries(value).map(([name, schema]) => [name, isObject(schema) ? inner(schema) : { type: "STRING" }]),
  );
}

function keepExclusive(key: string, value: Json, type: string, result: JsonObject): boolean {
  if (type !== "integer" || typeof value !== "number") return false;
  if (key === "exclusiveMinimum") result["minimum"] = Math.floor(value) + 1;
  else result["maximum"] = Math.ceil(value) - 1;
  return true;
}

/** Only texts can be listed; a list of numbers would turn the value into a text. */
function keepEnum(value: Json, type: string, result: JsonObject): boolean {
  if (type !== "string" || !Array.isArray(value)) return false;
  const texts = value.filter((one) => typeof one === "string" && one !== "");
  if (texts.length === 0) return false;
  result["enum"] = texts;
  if (value.includes(null)) result["nullable"] = true;
  return texts.length + (value.includes(null) ? 1 : 0) === value.length;
}

/** Every node needs a type; what tells none by its other keywords may be anything, which a text can write down. */
function typeOf(node: JsonObject): string {
  const { type } = node;
  if (typeof type === "string") return type.toLowerCase();
  if (isObject(node["properties"]) || isObject(node["additionalProperties"])) return "object";
  if (node["items"] !== undefined || node["prefixItems"] !== undefined) return "array";
  const sample = Array.isArray(node["enum"]) ? node["enum"].find((one) => one !== null) : node["const"];
  if (typeof sample === "number") return Number.isInteger(sample) ? "integer" : "number";
  if (typeof sample === "boolean") return "boolean";
  if (node["minimum"] !== undefined || node["maximum"] !== undefined) return "number";
  return Object.keys(node).length === 0 ? "object" : sample === undefined && isObjectLike(node) ? "object" : "string";
}

function isObjectLike(node: JsonObject): boolean {
  return node["required"] !== undefined || node["patternProperties"] !== undefined;
}

function cut(conversion: Conversion, node: JsonObject = {}): JsonObject {
  conversion.lost = true;
  const { description } = node;
  return { type: "OBJECT", ...(typeof description === "string" && { description }) };
}

function resolve(node: JsonObject, root: JsonObject): JsonObject {
  const target = typeof node["$ref"] === "string" ? lookUp(root, node["$ref"]) : undefined;
  if (!target) return node;
  const { $ref: _, ...siblings } = node;
  return { ...target, ...siblings };
}

/** A JSON pointer inside the same schema (RFC 6901): `#/$defs/Step`. */
function lookUp(root: JsonObject, ref: string): JsonObject | undefined {
  if (ref === "#") return root;
  if (!ref.startsWith("#/")) return undefined;
  let here: Json | undefined = root;
  for (const step of ref.slice(2).split("/")) {
    const key = decode(step).replaceAll("~1", "/").replaceAll("~0", "~");
    here = Array.isArray(here) ? here[Number(key)] : isObject(here) ? here[key] : undefined;
  }
  return isObject(here) ? here : undefined;
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/**
 * Walks a value along the schema once and reports every fault, not just the first, with its place and the nearest
 * right name; on the way it notes where the secrets are. TypeBox's own errors do not tell which alternative of a union
 * was meant, and that is where most mistakes are made.
 */
import { Kind, type TObject, type TSchema, type TUnion } from "@sinclair/typebox";
import type { Fault } from "./fault.ts";
import { FORMATS, type FormatName } from "./formats.ts";
import { toNanoUsd, USD_DECIMALS } from "./money.ts";
import { nearest } from "./nearest.ts";
import { type Path, printPath } from "./path.ts";

/** A secret as it was written: a literal, or a reference like `{ env: "NAME" }`. */
export interface SecretUse {
  path: Path;
  value: unknown;
  /** A literal is ordinary here and deserves no warning. */
  maybe: boolean;
}

export interface Inspection {
  faults: Fault[];
  secrets: SecretUse[];
}

export function inspect(schema: TSchema, value: unknown): Inspection {
  const inspection: Inspection = { faults: [], secrets: [] };
  walk(schema, value, [], inspection);
  return inspection;
}

function walk(schema: TSchema, value: unknown, path: Path, found: Inspection): void {
  if (schema["secret"]) found.secrets.push({ path, value, maybe: schema["secret"] === "maybe" });
  switch (schema[Kind]) {
    case "Object":
      walkObject(schema as TObject, value, path, found);
      break;
    case "Record":
      walkRecord(schema, value, path, found);
      break;
    case "Array":
      walkArray(schema, value, path, found);
      break;
    case "Union":
      walkUnion(schema as TUnion, value, path, found);
      break;
    default: {
      const message = scalarFault(schema, value);
      if (message) found.faults.push({ path: printPath(path), message });
    }
  }
}

function walkObject(schema: TObject, value: unknown, path: Path, found: Inspection): void {
  if (!isObject(value)) {
    mismatch(schema, value, path, found);
    return;
  }
  const known = Object.keys(schema.properties);
  for (const [key, item] of Object.entries(value)) {
    const property = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (property) walk(property, item, [...path, key], found);
    else {
      const near = nearest(key, known);
      const message = near ? `unknown setting "${key}"` : `unknown setting "${key}"; known are ${known.join(", ")}`;
      found.faults.push({ path: printPath([...path, key]), message, nearest: near });
    }
  }
  for (const key of schema.required ?? []) {
    if (value[key] === undefined) found.faults.push({ path: printPath([...path, key]), message: "is required" });
  }
}

function walkRecord(schema: TSchema, value: unknown, path: Path, found: Inspection): void {
  if (!isObject(value)) {
    mismatch(schema, value, path, found);
    return;
  }
  const [values] = Object.values(schema["patternProperties"] as Record<string, TSchema>);
  const keyFault = FORMATS[schema["keys"] as FormatName];
  for (const [key, item] of Object.entries(value)) {
    const message = keyFault(key);
    if (message) found.faults.push({ path: printPath([...path, key]), message: `the name ${message}` });
    walk(values!, item, [...path, key], found);
  }
}

function walkArray(schema: TSchema, value: unknown, path: Path, found: Inspection): void {
  if (!Array.isArray(value)) {
    mismatch(schema, value, path, found);
    return;
  }
  if (value.length < (schema["minItems"] ?? 0)) {
    found.faults.push({ path: printPath(path), message: "is empty; it needs at least one entry" });
  }
  for (const [index, item] of value.entries()) walk(schema["items"] as TSchema, item, [...path, index], found);
}

function walkUnion(schema: TUnion, value: unknown, path: Path, found: Inspection): void {
  const names = literals(schema);
  if (names) {
    walkChoice(names, value, path, found);
    return;
  }
  if (schema["discriminator"] && isObject(value)) {
    walkVariant(schema, value, path, found);
    return;
  }
  const variant = variantByShape(schema.anyOf, value);
  if (variant) walk(variant, value, path, found);
  else mismatch(schema, value, path, found);
}

function walkChoice(names: readonly string[], value: unknown, path: Path, found: Inspection): void {
  if (typeof value === "string" && names.includes(value)) return;
  const list = names.map((name) => JSON.stringify(name)).join(", ");
  if (typeof value === "string") {
    const message = `${JSON.stringify(value.slice(0, MAX_QUOTED))} is none of ${list}`;
    found.faults.push({ path: printPath(path), message, nearest: nearest(value, names) });
  } else found.faults.push({ path: printPath(path), message: `expected one of ${list}, got ${describe(value)}` });
}

const MAX_QUOTED = 60;

/** The discriminator names the variant; where it is mistyped, the nearest one serves to find what else is wrong. */
function walkVariant(schema: TUnion, value: Record<string, unknown>, path: Path, found: Inspection): void {
  const property = schema["discriminator"] as string;
  const variants = (schema.anyOf as TObject[]).flatMap((variant) => {
    const field = variant.properties[property]!;
    return (literals(field) ?? [String(field["const"])]).map((name) => ({ name, variant }));
  });
  const names = variants.map(({ name }) => name);
  const written = value[property];
  const place = [...path, property];
  if (written === undefined) {
    found.faults.push({ path: printPath(place), message: "is required" });
    return;
  }
  walkChoice(names, written, place, found);
  const meant = typeof written === "string" ? nearest(written, names) : undefined;
  const variant = variants.find(({ name }) => name === meant)?.variant;
  if (variant) walkObject(variant, { ...value, [property]: meant }, path, found);
}

/** Texts, lists, numbers and objects are told apart by their type, objects among each other by the keys they share. */
function variantByShape(variants: readonly TSchema[], value: unknown): TSchema | undefined {
  let best: TSchema | undefined;
  let bestShared = -1;
  for (const variant of variants) {
    const shared = likeness(variant, value);
    if (shared > bestShared) {
      best = variant;
      bestShared = shared;
    }
  }
  return best;
}

/** -1: another type altogether. */
function likeness(schema: TSchema, value: unknown): number {
  switch (schema[Kind]) {
    case "Object": {
      if (!isObject(value)) return -1;
      const properties = (schema as TObject).properties;
      const shared = Object.keys(value).filter((key) => Object.hasOwn(properties, key)).length;
      const missing = (schema as TObject).required?.some((key) => !(key in value));
      return shared * 2 + (missing ? 0 : 1);
    }
    case "Union":
      return Math.max(...(schema as TUnion).anyOf.map((variant) => likeness(variant, value)));
    case "Array":
      return Array.isArray(value) ? 0 : -1;
    case "Literal":
      return schema["const"] === value ? 1 : -1;
    case "Integer":
    case "Number":
      return typeof value === "number" ? 0 : -1;
    default:
      return schema["type"] === typeof value ? 0 : -1;
  }
}

/** The texts of a union of nothing but texts. */
function literals(schema: TSchema): string[] | undefined {
  if (schema[Kind] !== "Union") return undefined;
  const values = (schema as TUnion).anyOf.map((variant) => variant["const"]);
  return values.every((value) => typeof value === "string") ? (values as string[]) : undefined;
}

function mismatch(schema: TSchema, value: unknown, path: Path, found: Inspection): void {
  found.faults.push({ path: printPath(path), message: `expected ${expected(schema)}, got ${describe(value)}` });
}

function scalarFault(schema: TSchema, value: unknown): string | undefined {
  switch (schema[Kind]) {
    case "Literal":
      return value === schema["const"] ? undefined : `expected ${expected(schema)}, got ${describe(value)}`;
    case "Boolean":
      return typeof value === "boolean" ? undefined : `expected true or false, got ${describe(value)}`;
    case "String":
      if (typeof value !== "string") return `expected a text, got ${describe(value)}`;
      if (value.length < (schema["minLength"] ?? 0)) return "is empty";
      return schema["format"] ? FORMATS[schema["format"] as FormatName](value) : undefined;
    default:
      return numberFault(schema, value);
  }
}

function numberFault(schema: TSchema, value: unknown): string | undefined {
  if (typeof value !== "number" || !Number.isFinite(value))
    return `expected ${expected(schema)}, got ${describe(value)}`;
  const { minimum = Number.NEGATIVE_INFINITY, exclusiveMinimum, maximum = Number.POSITIVE_INFINITY } = schema;
  if (schema[Kind] === "Integer" && !Number.isInteger(value)) return `expected ${expected(schema)}, got ${value}`;
  if (value < minimum || value > maximum || (exclusiveMinimum !== undefined && value <= exclusiveMinimum)) {
    return `expected ${expected(schema)}, got ${value}`;
  }
  if (schema["unit"] === "USD" && toNanoUsd(value) === undefined) {
    return `expected at most ${USD_DECIMALS} decimal places, got ${value}`;
  }
  return undefined;
}

function expected(schema: TSchema): string {
  if (schema["expected"]) return schema["expected"];
  switch (schema[Kind]) {
    case "Object":
    case "Record":
      return "an object";
    case "Array":
      return "a list";
    case "Literal":
      return JSON.stringify(schema["const"]);
    case "Integer":
    case "Number": {
      const kind = schema[Kind] === "Integer" ? "a whole number" : "a number";
      const unit = schema["unit"] ? ` of ${schema["unit"]}` : "";
      const from =
        schema["exclusiveMinimum"] === undefined ? `from ${schema["minimum"]}` : `over ${schema["exclusiveMinimum"]}`;
      return `${kind}${unit} ${from} to ${schema["maximum"]}`;
    }
    default:
      return "a text";
  }
}

/** Texts are not quoted: a secret in the wrong place must not end up in an error message. */
function describe(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  switch (typeof value) {
    case "string":
      return value === "" ? "an empty text" : "a text";
    case "object":
      return "an object";
    default:
      return `${value}`;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

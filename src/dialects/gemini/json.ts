import type { Json, JsonObject } from "../../canonical/chat.ts";

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objectsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function stringOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Counts and indexes; proto JSON takes integers as strings too, in any notation. */
export function countOf(value: Json | undefined): number {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number > 0 ? number : 0;
}

/** The members whose names are not listed, or undefined when there are none. */
export function rest(object: JsonObject, known: readonly string[]): JsonObject | undefined {
  let others: JsonObject | undefined;
  for (const [key, value] of Object.entries(object)) {
    if (known.includes(key)) continue;
    others ??= {};
    others[key] = value;
  }
  return others;
}

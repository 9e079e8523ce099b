import type { Json, JsonObject } from "../../canonical/chat.ts";

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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

/** The members named in `keys` but not in `except`, or undefined when there are none. */
export function pick(object: JsonObject, keys: readonly string[], except: readonly string[]): JsonObject | undefined {
  let picked: JsonObject | undefined;
  for (const key of keys) {
    const value = object[key];
    if (value === undefined || except.includes(key)) continue;
    picked ??= {};
    picked[key] = value;
  }
  return picked;
}

export function stringOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

export function countOf(value: Json | undefined): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

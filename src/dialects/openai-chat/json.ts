import type { Json, JsonObject } from "../../canonical/chat.ts";

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isString(value: unknown): value is string {
  return typeof value === "string";
}

export function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

export function isStrings(value: Json | undefined): value is string[] {
  return Array.isArray(value) && value.every(isString);
}

/** Null and the empty list ask for nothing: SDKs send whole answers back with such fields. */
export function isNeutral(value: Json | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** Takes known fields out of an object one by one; what is left has no canonical name, or an odd type. */
export interface Fields {
  /** The value if it has the wanted type; otherwise it stays among the rest. */
  take<T extends Json>(key: string, is: (value: Json | undefined) => value is T): T | undefined;
  drop(key: string): void;
  /** `neutral`: what asks for nothing, so that no other dialect has to warn of it. */
  rest(): { extra?: JsonObject; neutral?: JsonObject };
}

export function fieldsOf(object: JsonObject): Fields {
  const left: JsonObject = { ...object };
  return {
    take(key, is) {
      const value = left[key];
      if (!is(value)) return undefined;
      delete left[key];
      return value;
    },
    drop(key) {
      delete left[key];
    },
    rest() {
      const result: { extra?: JsonObject; neutral?: JsonObject } = {};
      for (const [key, value] of Object.entries(left)) {
        const where = isNeutral(value) ? "neutral" : "extra";
        result[where] ??= {};
        result[where][key] = value;
      }
      return result;
    },
  };
}

export function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false;
  return true;
}

import type { Json, JsonObject } from "../canonical/chat.ts";

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The members whose names are not listed, or undefined when there are none. */
export function otherMembers(object: JsonObject, known: readonly string[]): JsonObject | undefined {
  let others: JsonObject | undefined;
  for (const [key, value] of Object.entries(object)) {
    if (known.includes(key)) continue;
    others ??= {};
    others[key] = value;
  }
  return others;
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** A token count; what is none counts as nothing. */
export function countOf(value: Json | undefined): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A tool's arguments where the dialect wants an object. Text that is none (cut arguments, free-text tools) is kept
 * whole under one key, as no other form would bring it across.
 */
export function argumentsObject(text: string, custom: boolean | undefined): JsonObject {
  if (custom) return { input: text };
  if (text.trim() === "") return {};
  return parseObject(text) ?? { arguments: text };
}

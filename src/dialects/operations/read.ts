/** Small readings of JSON that the operations share. */
import type { JsonObject } from "../../canonical/chat.ts";
import type { TargetTraits } from "../dialect.ts";
import type { Edit } from "../splice.ts";

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A whole number of something; undefined when it is none. */
export function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A vector of numbers; undefined when it is none. */
export function vectorOf(value: unknown): number[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "number")
    ? (value as number[])
    : undefined;
}

/** Deletes what the target refuses, each with a warning. */
export function refusedEdits(body: JsonObject, { refuses = [] }: TargetTraits): { edits: Edit[]; warnings: string[] } {
  const found = refuses.filter((field) => body[field] !== undefined);
  return {
    edits: found.map((field) => ({ op: "delete", path: [field] })),
    warnings: found.filter((field) => body[field] !== null),
  };
}

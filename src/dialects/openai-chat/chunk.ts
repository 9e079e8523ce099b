/** What the frames of a stream hold, for the frame reader and the event reader alike. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { isObject, isString } from "./json.ts";

export const DONE = "[DONE]";

/** The chunk of a frame's data, or undefined for `[DONE]`, broken JSON and what is no object. */
export function parseChunk(data: string): JsonObject | undefined {
  try {
    const chunk: unknown = JSON.parse(data);
    return isObject(chunk) ? chunk : undefined;
  } catch {
    return undefined;
  }
}

export function choicesOf(chunk: JsonObject): JsonObject[] {
  const { choices } = chunk;
  return Array.isArray(choices) ? choices.filter(isObject) : [];
}

export function indexOf(choice: JsonObject): number {
  const { index } = choice;
  return typeof index === "number" ? index : 0;
}

export function deltaOf(choice: JsonObject): JsonObject {
  return isObject(choice["delta"]) ? choice["delta"] : {};
}

export function finishOf(choice: JsonObject): string | undefined {
  const finish = choice["finish_reason"];
  return isString(finish) && finish !== "" ? finish : undefined;
}

/** Usage at the top, or in Groq's own object where a client did not ask for usage. */
export function rawUsageOf(chunk: JsonObject): JsonObject | undefined {
  const { usage, x_groq: groq } = chunk;
  if (isObject(usage)) return usage;
  return isObject(groq) && isObject(groq["usage"]) ? groq["usage"] : undefined;
}

const CONTENT_FIELDS = [
  "content",
  "reasoning_content",
  "reasoning",
  "reasoning_details",
  "refusal",
  "tool_calls",
  "function_call",
  "audio",
  "images",
];

/** Role, empty text and nulls are no content. */
export function hasContent(delta: JsonObject): boolean {
  return CONTENT_FIELDS.some((field) => isFilled(delta[field]));
}

function isFilled(value: Json | undefined): boolean {
  if (isString(value) || Array.isArray(value)) return value.length > 0;
  return isObject(value) && Object.keys(value).length > 0;
}

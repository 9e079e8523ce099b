import type { ChatRequest, Json, JsonObject, ReasoningOptions } from "../../canonical/chat.ts";
import { isObject } from "./json.ts";
import { camel } from "./proto-names.ts";
import { jsonSchemaOf } from "./schema-in.ts";

/** Wire name and canonical name of plain numbers. `maxOutputTokens` is set by the inspector. */
export const NUMBERS = [
  ["temperature", "temperature"],
  ["topP", "topP"],
  ["topK", "topK"],
  ["candidateCount", "n"],
  ["seed", "seed"],
  ["presencePenalty", "presencePenalty"],
  ["frequencyPenalty", "frequencyPenalty"],
  ["logprobs", "topLogprobs"],
] as const;

/**
 * Takes what has a canonical name. Everything stays in `spelling.config` as it was written, for an exact round trip;
 * fields that no other dialect knows are returned by their names.
 */
export function readConfig(wire: JsonObject, request: ChatRequest): JsonObject {
  const config = camel(wire);
  const unknown: JsonObject = {};
  for (const [key, value] of Object.entries(config))
    if (!readField(key, value, config, request)) unknown[`generationConfig.${key}`] = value;
  return unknown;
}

/** False for a field that nobody else knows. */
function readField(key: string, value: Json, config: JsonObject, request: ChatRequest): boolean {
  const number = NUMBERS.find(([name]) => name === key);
  if (number) {
    if (typeof value === "number") request[number[1]] = value;
    return typeof value === "number" || value === null;
  }
  switch (key) {
    case "maxOutputTokens":
      return true;
    case "stopSequences":
      if (Array.isArray(value)) request.stop = value.filter((text) => typeof text === "string");
      return true;
    case "responseLogprobs":
      if (typeof value === "boolean") request.logprobs = value;
      return true;
    case "responseModalities":
      if (Array.isArray(value)) request.modalities = value.map((one) => String(one).toLowerCase());
      return true;
    case "responseMimeType":
    case "responseSchema":
    case "responseJsonSchema":
      request.responseFormat = responseFormatOf(config);
      return value === "application/json" || value === "text/plain" || isObject(value);
    case "thinkingConfig":
      if (isObject(value)) request.reasoning = reasoningOf(camel(value));
      return true;
    default:
      return false;
  }
}

function responseFormatOf(config: JsonObject): ChatRequest["responseFormat"] {
  const { responseMimeType: type, responseSchema, responseJsonSchema } = config;
  if (isObject(responseJsonSchema)) return { type: "json-schema", schema: responseJsonSchema, strict: true };
  if (isObject(responseSchema)) return { type: "json-schema", schema: jsonSchemaOf(responseSchema), strict: true };
  return type === "application/json" ? { type: "json" } : undefined;
}

const LEVELS = ["minimal", "low", "medium", "high"] as const;

/** 0 switches thinking off, -1 leaves the amount to the model. */
function reasoningOf({ thinkingBudget, thinkingLevel, includeThoughts }: JsonObject): ReasoningOptions | undefined {
  const reasoning: ReasoningOptions = {};
  const level = LEVELS.find((name) => name === String(thinkingLevel).toLowerCase());
  if (thinkingBudget === 0) reasoning.effort = "none";
  else if (thinkingBudget === -1) reasoning.effort = "adaptive";
  else if (typeof thinkingBudget === "number") reasoning.budgetTokens = thinkingBudget;
  else if (level) reasoning.effort = level;
  if (typeof includeThoughts === "boolean") reasoning.visible = includeThoughts;
  return Object.keys(reasoning).length > 0 ? reasoning : undefined;
}

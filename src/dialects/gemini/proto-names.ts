/**
 * Proto JSON accepts every field under two names, `generationConfig` and `generation_config`. Here the first is used
 * throughout; free-form JSON (arguments, results, schemas' properties) is never renamed.
 */
import type { JsonObject } from "../../canonical/chat.ts";

const NAMES = [
  "allowedFunctionNames",
  "anyOf",
  "cachedContent",
  "candidateCount",
  "codeExecution",
  "codeExecutionResult",
  "displayName",
  "enterpriseWebSearch",
  "executableCode",
  "fileData",
  "fileUri",
  "frequencyPenalty",
  "functionCall",
  "functionCallingConfig",
  "functionDeclarations",
  "functionResponse",
  "generationConfig",
  "googleSearch",
  "googleSearchRetrieval",
  "includeThoughts",
  "inlineData",
  "maxItems",
  "maxLength",
  "maxOutputTokens",
  "maxProperties",
  "mediaResolution",
  "mimeType",
  "minItems",
  "minLength",
  "minProperties",
  "parametersJsonSchema",
  "presencePenalty",
  "propertyOrdering",
  "responseJsonSchema",
  "responseLogprobs",
  "responseMimeType",
  "responseModalities",
  "responseSchema",
  "retrievalConfig",
  "safetySettings",
  "serviceTier",
  "speechConfig",
  "stopSequences",
  "systemInstruction",
  "thinkingBudget",
  "thinkingConfig",
  "thinkingLevel",
  "thoughtSignature",
  "toolConfig",
  "topK",
  "topP",
  "urlContext",
  "videoMetadata",
] as const;

const CAMEL: ReadonlyMap<string, string> = new Map(NAMES.map((name) => [snakeOf(name), name]));

/** The same object where all names are in camel case already, else a copy in which they are. */
export function camel(object: JsonObject): JsonObject {
  if (!Object.keys(object).some((key) => CAMEL.has(key))) return object;
  const copy: JsonObject = {};
  for (const [key, value] of Object.entries(object)) copy[CAMEL.get(key) ?? key] = value;
  return copy;
}

/** The name under which an object has a field: as asked, or in snake case. */
export function nameIn(object: JsonObject, name: string): string {
  const snake = snakeOf(name);
  return object[name] === undefined && object[snake] !== undefined ? snake : name;
}

function snakeOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

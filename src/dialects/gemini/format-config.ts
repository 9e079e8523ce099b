import type { ChatRequest, JsonObject } from "../../canonical/chat.ts";
import type { BodyChanges } from "../dialect.ts";
import { fieldName, type NamedField } from "../field-names.ts";
import type { PartContext } from "./format-part.ts";
import { NUMBERS } from "./parse-config.ts";
import { geminiSchemaOf } from "./schema-out.ts";
import { planThinking } from "./thinking.ts";

/** "stop_sequences: at most 5" (400). */
const MAX_STOP_SEQUENCES = 5;

/** A seed is a 32-bit integer; others are larger. */
const SEED_MASK = 0x7fff_ffff;

/** The client's own words with another cap, where one is set. Undefined when nothing was written. */
export function ownConfig(request: ChatRequest, { maxOutputTokens }: BodyChanges): JsonObject | undefined {
  const spelled = request.spelling?.["config"] as JsonObject | undefined;
  if (maxOutputTokens === undefined) return spelled;
  return { ...spelled, maxOutputTokens };
}

export function foreignConfig(
  request: ChatRequest,
  changes: BodyChanges,
  hasTools: boolean,
  context: PartContext,
): JsonObject {
  const warn = (field: NamedField) => context.warn(fieldName(request.dialect, field));
  const config: JsonObject = {};
  for (const [key, name] of NUMBERS) if (request[name] !== undefined) config[key] = request[name];
  if (request.n === 1) delete config["candidateCount"];
  if (request.seed !== undefined) config["seed"] = Math.trunc(request.seed) & SEED_MASK;
  if (request.topK === 0) delete config["topK"];
  const cap = changes.maxOutputTokens ?? request.maxOutputTokens;
  if (cap !== undefined) config["maxOutputTokens"] = cap;
  if (request.stop && request.stop.length > 0) {
    config["stopSequences"] = request.stop.slice(0, MAX_STOP_SEQUENCES);
    if (request.stop.length > MAX_STOP_SEQUENCES) warn("stop");
  }
  // The number of alternatives is refused without the switch, and means nothing when it is off.
  if (request.logprobs) config["responseLogprobs"] = true;
  else delete config["logprobs"];
  writeFormat(request, config, hasTools, context, warn);
  const plan = planThinking(request.reasoning, context.generation, cap);
  if (plan.thinkingConfig) config["thinkingConfig"] = plan.thinkingConfig;
  if (!plan.honoured) warn("reasoning");
  writeModalities(request, config, warn);
  return config;
}

function writeFormat(
  request: ChatRequest,
  config: JsonObject,
  hasTools: boolean,
  context: PartContext,
  warn: (field: NamedField) => void,
): void {
  const format = request.responseFormat;
  if (!format || format.type === "text") return;
  // "Function calling with a response mime type: 'application/json' is unsupported" (400) before Gemini 3.
  if (hasTools && !context.generation.mixesTools) {
    warn("responseFormat");
    return;
  }
  config["responseMimeType"] = "application/json";
  if (format.type === "json" || !format.schema) return;
  const { schema, lost } = geminiSchemaOf(format.schema);
  if (schema) config["responseSchema"] = schema;
  if (lost) warn("responseFormat");
}

/** Voices have other names at every maker, so a wish for one is named, not guessed at. */
function writeModalities(request: ChatRequest, config: JsonObject, warn: (field: NamedField) => void): void {
  if (request.modalities?.some((modality) => modality !== "text"))
    config["responseModalities"] = request.modalities.map((modality) => modality.toUpperCase());
  if (request.audio) warn("audio");
}

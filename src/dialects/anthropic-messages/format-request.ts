import type { ChatRequest, JsonObject } from "../../canonical/chat.ts";
import type { BodyChanges, FormattedRequest } from "../dialect.ts";
import { fieldName, type NamedField } from "../field-names.ts";
import type { ContentContext } from "./format-content.ts";
import { formatConversation } from "./format-messages.ts";
import { formatTools } from "./format-tools.ts";
import { type ModelSchema, modelSchema } from "./models.ts";
import { supportedSchema } from "./structured-output.ts";
import { fittingBudget, mustBeginWithThinking, planThinking } from "./thinking.ts";

/** `max_tokens` is required; this stands in when neither client nor target names one. */
const DEFAULT_MAX_OUTPUT_TOKENS = 4096;

export function formatRequest(request: ChatRequest, changes: BodyChanges): FormattedRequest {
  const warnings = new Set<string>();
  const context: ContentContext = {
    dialect: request.dialect,
    own: request.dialect === "anthropic-messages",
    warn: (field) => warnings.add(field),
  };
  const schema = modelSchema(changes.traits.model);
  const body: JsonObject = { model: changes.traits.model };
  const { system, messages } = formatConversation(request, schema, context);
  if (system !== undefined) body["system"] = system;
  body["messages"] = messages;
  formatTools(request, body, schema, context);
  if (context.own) writeOwn(request, changes, body, context);
  else writeForeign(request, changes, body, schema, context);
  if (changes.stream) body["stream"] = true;
  else if (context.own && request.spelling?.["stream"] === false) body["stream"] = false;
  for (const field of changes.traits.refuses ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    context.warn(field);
  }
  return { body, warnings: [...warnings] };
}

/** The client's own words, but for a budget that the cap no longer holds and thinking that lost its start. */
function writeOwn(request: ChatRequest, changes: BodyChanges, body: JsonObject, context: ContentContext): void {
  const maxTokens = changes.maxOutputTokens ?? request.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS;
  body["max_tokens"] = maxTokens;
  writeSampling(request, body);
  if (request.serviceTier !== undefined) body["service_tier"] = request.serviceTier;
  if (request.user !== undefined) body["metadata"] = { user_id: request.user };
  const { thinking, output_config: config, output_format: format } = request.spelling ?? {};
  if (config !== undefined) body["output_config"] = config;
  if (format !== undefined) body["output_format"] = format;
  if (thinking !== undefined) {
    const fitted = fitThinking(thinking as JsonObject, maxTokens);
    const lost = request.messages.some(hasForeignThinking) && mustBeginWithThinking(body["messages"] as JsonObject[]);
    if (fitted && !(lost && fitted["type"] === "enabled")) body["thinking"] = fitted;
    if (body["thinking"] !== thinking) context.warn("thinking");
  }
  Object.assign(body, request.extra, request.spelling?.["odd"]);
}

function hasForeignThinking({ content }: ChatRequest["messages"][number]): boolean {
  if (typeof content === "string") return false;
  return content.some((part) => part.type === "reasoning" && (part.signature ?? part.redacted)?.origin !== "anthropic");
}

/** The same object where the budget is below the cap, one with a smaller budget, or undefined where none fits. */
export function fitThinking(thinking: JsonObject, maxTokens: number): JsonObject | undefined {
  const budget = thinking["budget_tokens"];
  if (thinking["type"] !== "enabled" || typeof budget !== "number" || budget < maxTokens) return thinking;
  const fitting = fittingBudget(budget, maxTokens);
  return fitting === undefined ? undefined : { ...thinking, budget_tokens: fitting };
}

function writeSampling(request: ChatRequest, body: JsonObject): void {
  if (request.temperature !== undefined) body["temperature"] = request.temperature;
  if (request.topP !== undefined) body["top_p"] = request.topP;
  if (request.topK !== undefined) body["top_k"] = request.topK;
  if (request.stop !== undefined) body["stop_sequences"] = request.stop;
}

function writeForeign(
  request: ChatRequest,
  changes: BodyChanges,
  body: JsonObject,
  schema: ModelSchema,
  context: ContentContext,
): void {
  const warn = (field: NamedField) => context.warn(fieldName(request.dialect, field));
  const cap = changes.maxOutputTokens ?? request.maxOutputTokens;
  const room = {
    maxTokens: cap ?? changes.traits.defaultMaxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS,
    open: cap === undefined,
  };
  const plan = planThinking(request, schema, room, body["messages"] as JsonObject[]);
  body["max_tokens"] = plan.maxTokens;
  if (plan.thinking) body["thinking"] = plan.thinking;
  if (!plan.honoured) warn("reasoning");
  writeForeignSampling(
    request,
    body,
    schema,
    plan.thinking !== undefined && plan.thinking["type"] !== "disabled",
    warn,
  );
  const format = outputFormat(request, schema, warn);
  if (plan.effort !== undefined || format)
    body["output_config"] = {
      ...(plan.effort !== undefined && { effort: plan.effort }),
      ...(format && { format }),
    };
  if (request.user !== undefined) body["metadata"] = { user_id: request.user };
  writeServiceTier(request, body, warn);
  warnUnknown(request, context, warn);
}

function writeForeignSampling(
  request: ChatRequest,
  body: JsonObject,
  schema: ModelSchema,
  thinks: boolean,
  warn: (field: NamedField) => void,
): void {
  const { temperature, topP, topK, stop } = request;
  // 1 is the default everywhere; where sampling is fixed it is the only value, so leaving it out honours it.
  const plain = schema.sampling && !thinks;
  if (temperature !== undefined && temperature !== 1) {
    if (plain) body["temperature"] = Math.min(1, temperature);
    if (!plain || temperature > 1) warn("temperature");
  } else if (temperature === 1 && plain) body["temperature"] = 1;
  if (topP !== undefined && topP !== 1) {
    const alone = schema.bothTemperatureAndTopP || body["temperature"] === undefined;
    if (schema.sampling && alone && (!thinks || topP >= 0.95)) body["top_p"] = topP;
    else warn("topP");
  }
  if (topK !== undefined) {
    if (plain) body["top_k"] = topK;
    else warn("topK");
  }
  // "each stop sequence must contain non-whitespace" (400).
  const stops = stop?.filter((text) => text.trim() !== "");
  if (stops && stops.length > 0) body["stop_sequences"] = stops;
  if (stop && stops && stops.length < stop.length) warn("stop");
}

/**
 * A schema is honoured natively or not at all: a forced tool in its place would change the answer's form and rule out
 * thinking. There is no mode for "any JSON".
 */
function outputFormat(
  request: ChatRequest,
  schema: ModelSchema,
  warn: (field: NamedField) => void,
): JsonObject | undefined {
  const format = request.responseFormat;
  if (!format || format.type === "text") return undefined;
  if (format.type === "json-schema" && format.schema && schema.structuredOutput)
    return { type: "json_schema", schema: supportedSchema(format.schema) };
  warn("responseFormat");
  return undefined;
}

function writeServiceTier(request: ChatRequest, body: JsonObject, warn: (field: NamedField) => void): void {
  const tier = request.serviceTier;
  if (tier === undefined || tier === "auto") return;
  if (tier === "default") body["service_tier"] = "standard_only";
  else warn("serviceTier");
}

/** Neutral values ask for nothing, so leaving them out drops nothing. */
function warnUnknown(request: ChatRequest, context: ContentContext, warn: (field: NamedField) => void): void {
  if (request.n !== undefined && request.n !== 1) warn("n");
  if (request.seed !== undefined) warn("seed");
  if (request.presencePenalty) warn("presencePenalty");
  if (request.frequencyPenalty) warn("frequencyPenalty");
  if (request.logprobs) warn("logprobs");
  if (request.topLogprobs) warn("topLogprobs");
  if (request.prediction !== undefined && request.prediction !== null) warn("prediction");
  if (request.modalities?.some((modality) => modality !== "text")) warn("modalities");
  if (request.audio) warn("audio");
  if (request.metadata && Object.keys(request.metadata).length > 0) warn("metadata");
  for (const [field, value] of Object.entries(request.extra ?? {})) if (value !== null) context.warn(field);
}

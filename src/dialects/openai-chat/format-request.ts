import type { ChatRequest, JsonObject, ReasoningOptions, ResponseFormat } from "../../canonical/chat.ts";
import type { BodyChanges, FormattedRequest } from "../dialect.ts";
import { fieldName, type NamedField } from "../field-names.ts";
import { formatMessages } from "./format-messages.ts";
import { formatTools } from "./format-tools.ts";
import { isNeutral } from "./json.ts";
import { NUMBERS } from "./parse-request.ts";

export interface FormatContext {
  /** Whether the request came in this dialect: then it is repeated as it was written. */
  own: boolean;
  changes: BodyChanges;
  /** Names a field of the client's dialect that the target cannot honour. */
  warn(field: NamedField): void;
  /** The same for a field without a canonical name. */
  warnRaw(field: string): void;
}

export function formatRequest(request: ChatRequest, changes: BodyChanges): FormattedRequest {
  const warnings = new Set<string>();
  const context: FormatContext = {
    own: request.dialect === "openai-chat",
    changes,
    warn: (field) => warnings.add(fieldName(request.dialect, field)),
    warnRaw: (field) => warnings.add(field),
  };
  const spelling = context.own ? (request.spelling ?? {}) : {};
  const body: JsonObject = context.own ? { ...(spelling["neutral"] as JsonObject | undefined), ...request.extra } : {};
  body["model"] = changes.traits.model;
  body["messages"] = formatMessages(request, context);
  for (const [key, name] of NUMBERS) if (request[name] !== undefined) body[key] = request[name];
  if (request.logprobs !== undefined) body["logprobs"] = request.logprobs;
  formatTools(request, body, spelling, context);
  writeLimit(request, body, spelling, changes);
  if (context.own) writeOwn(request, body, spelling);
  else writeForeign(request, body, context);
  writeStream(request, body, spelling, changes);
  deleteRefused(body, context);
  return { body, warnings: [...warnings] };
}

function writeOwn(request: ChatRequest, body: JsonObject, spelling: JsonObject): void {
  for (const key of ["response_format", "reasoning_effort", "reasoning", "thinking"])
    if (spelling[key] !== undefined) body[key] = spelling[key];
  if (request.stop) body["stop"] = spelling["stop"] ?? request.stop;
  if (request.user !== undefined) body["user"] = request.user;
  if (request.metadata) body["metadata"] = request.metadata;
  if (request.serviceTier !== undefined) body["service_tier"] = request.serviceTier;
  if (request.prediction !== undefined) body["prediction"] = request.prediction;
  if (request.modalities) body["modalities"] = request.modalities;
  if (request.audio) body["audio"] = request.audio;
}

/** Vendors that take `top_k` beyond OpenAI's own parameters, each by its documentation of November 2026. */
const TAKES_TOP_K = new Set(["together", "fireworks", "openrouter", "vllm", "deepinfra", "sambanova"]);

/** OpenAI answers 400 to a fifth stop sequence. */
const MAX_STOP_SEQUENCES = 4;

function writeForeign(request: ChatRequest, body: JsonObject, context: FormatContext): void {
  const { vendor } = context.changes.traits;
  if (request.topK !== undefined && !TAKES_TOP_K.has(vendor)) {
    delete body["top_k"];
    context.warn("topK");
  }
  if (request.stop && request.stop.length > 0) {
    body["stop"] = request.stop.slice(0, MAX_STOP_SEQUENCES);
    if (request.stop.length > MAX_STOP_SEQUENCES) context.warn("stop");
  }
  if (request.responseFormat) body["response_format"] = formatResponseFormat(request.responseFormat);
  writeReasoning(request.reasoning, body, context);
  if (request.user !== undefined) body["user"] = request.user;
  // OpenAI takes metadata only together with `store`; other makers' service tiers have other names.
  if (request.metadata && Object.keys(request.metadata).length > 0) context.warn("metadata");
  if (request.serviceTier !== undefined && request.serviceTier !== "auto") context.warn("serviceTier");
  if (request.prediction !== undefined) body["prediction"] = request.prediction;
  if (request.modalities?.some((modality) => modality !== "text")) body["modalities"] = request.modalities;
  if (request.audio) body["audio"] = request.audio;
  for (const [field, value] of Object.entries(request.extra ?? {})) if (!isNeutral(value)) context.warnRaw(field);
}

function formatResponseFormat(format: ResponseFormat): JsonObject {
  if (format.type === "text") return { type: "text" };
  if (format.type === "json" || !format.schema) return { type: "json_object" };
  const { name = "answer", description, schema, strict } = format;
  const inner: JsonObject = { name, schema };
  if (description !== undefined) inner["description"] = description;
  if (strict !== undefined) inner["strict"] = strict;
  return { type: "json_schema", json_schema: inner };
}

/** `reasoning_effort` is a 400 on models that do not reason; OpenRouter ignores it there. */
const TAKES_EFFORT = /^(o\d|gpt-[5-9]|gpt-oss|codex|grok-3-mini|grok-[4-9]|magistral|sonar-(reasoning|deep))/i;
/** Where a budget turns into a word: thirds of what current models use at most, about 24,000 tokens. */
const LOW_BUDGET_TOKENS = 4_096;
const MEDIUM_BUDGET_TOKENS = 16_384;

function writeReasoning(reasoning: ReasoningOptions | undefined, body: JsonObject, context: FormatContext): void {
  if (!reasoning) return;
  const { model, vendor } = context.changes.traits;
  const name = model.slice(model.lastIndexOf("/") + 1);
  const takes = vendor === "openrouter" || TAKES_EFFORT.test(name);
  const effort = effortOf(reasoning);
  if (effort !== undefined && takes) body["reasoning_effort"] = effort;
  else if (effort !== undefined && effort !== "none") context.warn("reasoning");
  // Thinking as much as it likes is what a reasoning model does untold, and what another one cannot do.
  else if (reasoning.effort === "adaptive" && !takes) context.warn("reasoning");
}

function effortOf({ effort, budgetTokens }: ReasoningOptions): string | undefined {
  if (effort === "adaptive") return undefined;
  // The highest word that every reasoning model knows.
  if (effort === "max" || effort === "xhigh") return "high";
  if (effort !== undefined) return effort;
  if (budgetTokens === undefined) return undefined;
  return budgetTokens <= LOW_BUDGET_TOKENS ? "low" : budgetTokens <= MEDIUM_BUDGET_TOKENS ? "medium" : "high";
}

/** One limit, under the name that the target takes; where it takes either, under the client's own. */
function writeLimit(request: ChatRequest, body: JsonObject, spelling: JsonObject, changes: BodyChanges): void {
  const { maxTokensField = "either" } = changes.traits;
  const limit = changes.maxOutputTokens ?? request.maxOutputTokens;
  for (const key of ["max_tokens", "max_completion_tokens"]) delete body[key];
  if (limit === undefined) {
    for (const [key, value] of Object.entries(spelling["neutral"] ?? {}))
      if (key === "max_tokens" || key === "max_completion_tokens") body[key] = value;
    return;
  }
  if (maxTokensField !== "either") {
    body[maxTokensField] = limit;
    return;
  }
  const names = ["max_tokens", "max_completion_tokens"].filter((key) => spelling[key] !== undefined);
  for (const key of names.length > 0 ? names : ["max_tokens"])
    body[key] = changes.maxOutputTokens ?? spelling[key] ?? limit;
}

/** Usage is always asked for: without it a stream cannot be billed. */
function writeStream(request: ChatRequest, body: JsonObject, spelling: JsonObject, changes: BodyChanges): void {
  if (changes.stream) body["stream"] = true;
  else if (spelling["stream"] === false || (spelling["stream"] === true && request.stream)) body["stream"] = false;
  if (changes.traits.streamOptions === false) delete body["stream_options"];
  else if (changes.stream)
    body["stream_options"] = { ...(spelling["stream_options"] as JsonObject | undefined), include_usage: true };
  else if (!request.stream && spelling["stream_options"] !== undefined)
    body["stream_options"] = spelling["stream_options"];
}

const NAMED: Readonly<Record<string, NamedField>> = {
  ...Object.fromEntries(NUMBERS),
  logprobs: "logprobs",
  stop: "stop",
  response_format: "responseFormat",
  reasoning_effort: "reasoning",
  tool_choice: "toolChoice",
  tools: "tools",
  service_tier: "serviceTier",
  metadata: "metadata",
  prediction: "prediction",
  modalities: "modalities",
  audio: "audio",
};

function deleteRefused(body: JsonObject, context: FormatContext): void {
  for (const field of context.changes.traits.refuses ?? []) {
    if (body[field] === undefined) continue;
    const neutral = isNeutral(body[field]);
    delete body[field];
    const named = NAMED[field];
    if (neutral) continue;
    if (named && !context.own) context.warn(named);
    else context.warnRaw(field);
  }
}

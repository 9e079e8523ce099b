import type { ChatRequest, Json, JsonObject, ReasoningOptions, ResponseFormat } from "../../canonical/chat.ts";
import { inspectRequest } from "./inspect.ts";
import { type Fields, fieldsOf, isBoolean, isEmpty, isNumber, isObject, isString, isStrings } from "./json.ts";
import { parseMessages } from "./parse-messages.ts";
import { parseToolChoice, parseTools } from "./parse-tools.ts";

/**
 * The canonical form. `spelling` keeps a field as it was written wherever several wire forms share one canonical form;
 * `extra` and `spelling.neutral` keep what has none.
 */
export function parseRequest(body: JsonObject, path?: { model?: string; stream?: boolean }): ChatRequest {
  const facts = inspectRequest(body, path);
  const fields = fieldsOf(body);
  const spelling: JsonObject = {};
  for (const key of ["model", "messages"]) fields.drop(key);
  const request: ChatRequest = {
    operation: "chat",
    dialect: "openai-chat",
    model: facts.model,
    stream: facts.stream,
    messages: parseMessages(body["messages"] as Json[]),
  };
  const stream = fields.take("stream", isBoolean);
  if (stream !== undefined) spelling["stream"] = stream;
  readStreamOptions(fields, request, spelling);
  readLimits(fields, request, spelling);
  readSampling(fields, request);
  parseTools(fields, request, spelling);
  parseToolChoice(fields, request, spelling);
  readFormat(fields, request, spelling);
  readReasoning(fields, request, spelling);
  readOthers(fields, request);
  const { extra, neutral } = fields.rest();
  if (extra) request.extra = extra;
  if (neutral) spelling["neutral"] = neutral;
  if (!isEmpty(spelling)) request.spelling = spelling;
  return request;
}

function readStreamOptions(fields: Fields, request: ChatRequest, spelling: JsonObject): void {
  const options = fields.take("stream_options", isObject);
  if (!options) return;
  spelling["stream_options"] = options;
  if (isBoolean(options["include_usage"])) request.includeUsage = options["include_usage"];
}

function readLimits(fields: Fields, request: ChatRequest, spelling: JsonObject): void {
  const newer = fields.take("max_completion_tokens", isNumber);
  const older = fields.take("max_tokens", isNumber);
  if (newer !== undefined) spelling["max_completion_tokens"] = newer;
  if (older !== undefined) spelling["max_tokens"] = older;
  const limit = newer ?? older;
  if (limit !== undefined) request.maxOutputTokens = limit;
}

function readSampling(fields: Fields, request: ChatRequest): void {
  for (const [key, name] of NUMBERS) {
    const value = fields.take(key, isNumber);
    if (value !== undefined) request[name] = value;
  }
  const logprobs = fields.take("logprobs", isBoolean);
  if (logprobs !== undefined) request.logprobs = logprobs;
}

/** Wire name and canonical name of plain numbers. */
export const NUMBERS = [
  ["temperature", "temperature"],
  ["top_p", "topP"],
  ["top_k", "topK"],
  ["n", "n"],
  ["seed", "seed"],
  ["presence_penalty", "presencePenalty"],
  ["frequency_penalty", "frequencyPenalty"],
  ["top_logprobs", "topLogprobs"],
] as const;

function readFormat(fields: Fields, request: ChatRequest, spelling: JsonObject): void {
  const stop = fields.take("stop", isString);
  if (stop !== undefined) {
    request.stop = [stop];
    spelling["stop"] = stop;
  }
  const stops = fields.take("stop", isStrings);
  if (stops) request.stop = stops;
  const format = fields.take("response_format", isKnownFormat);
  if (!format) return;
  spelling["response_format"] = format;
  request.responseFormat = parseFormat(format);
}

function isKnownFormat(value: Json | undefined): value is JsonObject {
  if (!isObject(value)) return false;
  if (value["type"] === "json_schema") return isObject(value["json_schema"]);
  return value["type"] === "text" || value["type"] === "json_object";
}

function parseFormat(wire: JsonObject): ResponseFormat {
  if (wire["type"] === "text") return { type: "text" };
  if (wire["type"] === "json_object") return { type: "json" };
  const { name, description, schema, strict } = wire["json_schema"] as JsonObject;
  const format: ResponseFormat = { type: "json-schema" };
  if (isString(name)) format.name = name;
  if (isString(description)) format.description = description;
  if (isObject(schema)) format.schema = schema;
  if (isBoolean(strict)) format.strict = strict;
  return format;
}

const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

/** `reasoning_effort` is OpenAI's, `reasoning` OpenRouter's, `thinking` that of Z.AI, Moonshot and many proxies. */
function readReasoning(fields: Fields, request: ChatRequest, spelling: JsonObject): void {
  const reasoning: ReasoningOptions = {};
  const effort = fields.take("reasoning_effort", isEffort);
  const object = fields.take("reasoning", isObject);
  const thinking = fields.take("thinking", isObject);
  if (thinking) {
    spelling["thinking"] = thinking;
    if (thinking["type"] === "disabled") reasoning.effort = "none";
    else if (isNumber(thinking["budget_tokens"])) reasoning.budgetTokens = thinking["budget_tokens"];
    else if (thinking["type"] === "enabled") reasoning.effort = "adaptive";
  }
  if (object) {
    spelling["reasoning"] = object;
    if (isEffort(object["effort"])) reasoning.effort = object["effort"];
    else if (object["enabled"] === false) reasoning.effort = "none";
    else if (object["enabled"] === true) reasoning.effort = "medium";
    if (isNumber(object["max_tokens"])) reasoning.budgetTokens = object["max_tokens"];
    if (isBoolean(object["exclude"])) reasoning.visible = !object["exclude"];
  }
  if (effort) {
    spelling["reasoning_effort"] = effort;
    reasoning.effort = effort;
  }
  if (!isEmpty(reasoning as JsonObject)) request.reasoning = reasoning;
}

function isEffort(value: Json | undefined): value is (typeof EFFORTS)[number] {
  return EFFORTS.some((name) => name === value);
}

function readOthers(fields: Fields, request: ChatRequest): void {
  const user = fields.take("user", isString);
  const metadata = fields.take("metadata", isObject);
  const serviceTier = fields.take("service_tier", isString);
  const prediction = fields.take("prediction", isObject);
  const modalities = fields.take("modalities", isStrings);
  const audio = fields.take("audio", isObject);
  if (user !== undefined) request.user = user;
  if (metadata) request.metadata = metadata;
  if (serviceTier !== undefined) request.serviceTier = serviceTier;
  if (prediction) request.prediction = prediction;
  if (modalities) request.modalities = modalities;
  if (audio) request.audio = audio;
}

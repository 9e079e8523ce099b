import type { ChatRequest, JsonObject, Tool } from "../../canonical/chat.ts";
import { asFunctionTool } from "../custom-tools/function-tool.ts";
import type { BodyChanges, FormattedRequest } from "../dialect.ts";
import { fieldName } from "../field-names.ts";
import { formatMessages, type MessageContext } from "./format-messages.ts";

export function formatRequest(request: ChatRequest, changes: BodyChanges): FormattedRequest {
  const warnings = new Set<string>();
  const context: MessageContext = {
    warn: (field) => warnings.add(fieldName(request.dialect, field)),
    warnRaw: (field) => warnings.add(field),
  };
  const body: JsonObject = { model: changes.traits.model, messages: formatMessages(request, context) };
  if (request.dialect === "cohere") Object.assign(body, request.spelling?.["wire"]);
  else writeForeign(request, body, context);
  const cap = changes.maxOutputTokens ?? request.maxOutputTokens;
  if (cap !== undefined) body["max_tokens"] = cap;
  if (changes.stream) body["stream"] = true;
  else if (request.spelling?.["stream"] === false && request.dialect === "cohere") body["stream"] = false;
  for (const field of changes.traits.refuses ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    warnings.add(field);
  }
  return { body, warnings: [...warnings] };
}

function writeForeign(request: ChatRequest, body: JsonObject, context: MessageContext): void {
  writeTools(request, body, context);
  writeSampling(request, body, context);
  writeOutputFormat(request, body, context);
  writeThinking(request, body);
  warnUnknown(request, context);
}

function writeTools(request: ChatRequest, body: JsonObject, context: MessageContext): void {
  const tools = (request.tools ?? []).flatMap((tool) => formatTool(asFunctionTool(tool, context.warnRaw), context));
  if (tools.length === 0) return;
  body["tools"] = tools;
  // It holds for all tools of a request.
  if (request.tools!.every((tool) => tool.strict)) body["strict_tools"] = true;
  else if (request.tools!.some((tool) => tool.strict)) context.warn("strictTools");
  if (request.parallelToolCalls === false) context.warn("parallelToolCalls");
  const { toolChoice: choice } = request;
  if (choice === "required") body["tool_choice"] = "REQUIRED";
  else if (choice === "none") body["tool_choice"] = "NONE";
  else if (typeof choice === "object") chooseNamed(choice, tools, body, context);
}

/** There is no choice of a name: with that tool alone, "any" is the same. */
function chooseNamed(
  choice: Extract<ChatRequest["toolChoice"], object>,
  tools: JsonObject[],
  body: JsonObject,
  context: MessageContext,
): void {
  const named =
    "name" in choice ? tools.filter((tool) => (tool["function"] as JsonObject)["name"] === choice.name) : [];
  if (named.length === 0) context.warn("toolChoice");
  else Object.assign(body, { tools: named, tool_choice: "REQUIRED" });
}

function formatTool(tool: Tool, context: MessageContext): JsonObject[] {
  if (tool.builtin) {
    context.warnRaw(`tools[].${tool.builtin.kind}`);
    return [];
  }
  for (const key of Object.keys(tool.extra ?? {})) context.warnRaw(`tools[].${key}`);
  const { name, description, parameters = { type: "object", properties: {} } } = tool;
  return [{ type: "function", function: { name, ...(description !== undefined && { description }), parameters } }];
}

const MAX_STOP_SEQUENCES = 5;
const MAX_K = 500;

function writeSampling(request: ChatRequest, body: JsonObject, { warn }: MessageContext): void {
  const { temperature, topP, topK, seed, stop } = request;
  if (temperature !== undefined) {
    body["temperature"] = Math.min(1, temperature);
    if (temperature > 1) warn("temperature");
  }
  // 0.01 to 0.99; 1 asks for nothing.
  if (topP !== undefined && topP < 1) body["p"] = Math.max(0.01, Math.min(0.99, topP));
  if (topK !== undefined) {
    body["k"] = Math.max(0, Math.min(MAX_K, topK));
    if (topK > MAX_K) warn("topK");
  }
  if (seed !== undefined) body["seed"] = seed;
  writePenalty("frequency_penalty", request.frequencyPenalty, body, () => warn("frequencyPenalty"));
  writePenalty("presence_penalty", request.presencePenalty, body, () => warn("presencePenalty"));
  const stops = stop?.filter((text) => text !== "").slice(0, MAX_STOP_SEQUENCES) ?? [];
  if (stops.length > 0) body["stop_sequences"] = stops;
  if (stops.length < (stop?.length ?? 0)) warn("stop");
  if (request.logprobs) body["logprobs"] = true;
  if (request.topLogprobs) warn("topLogprobs");
}

/** 0 to 1, where others take -2 to 2. */
function writePenalty(field: string, value: number | undefined, body: JsonObject, warn: () => void): void {
  if (value === undefined || value === 0) return;
  if (value > 0) body[field] = Math.min(1, value);
  if (value < 0 || value > 1) warn();
}

function writeOutputFormat(
  { responseFormat: format, tools }: ChatRequest,
  body: JsonObject,
  { warn }: MessageContext,
): void {
  if (!format || format.type === "text") return;
  // "response_format is not supported with tools" (400).
  if (tools && tools.length > 0) warn("responseFormat");
  else
    body["response_format"] = {
      type: "json_object",
      ...(format.type === "json-schema" && format.schema && { json_schema: format.schema }),
    };
}

/** Shares of what reasoning models write, as token budgets. */
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: 500,
  low: 1000,
  medium: 4000,
  high: 16_000,
  xhigh: 24_000,
  max: 31_000,
};

/** Models that cannot think answer 400, and the call moves on to one that can. */
function writeThinking({ reasoning }: ChatRequest, body: JsonObject): void {
  const { effort, budgetTokens } = reasoning ?? {};
  if (effort === "none") body["thinking"] = { type: "disabled" };
  else if (budgetTokens !== undefined) body["thinking"] = { type: "enabled", token_budget: budgetTokens };
  else if (effort !== undefined) {
    const budget = BUDGETS[effort];
    body["thinking"] = { type: "enabled", ...(budget !== undefined && { token_budget: budget }) };
  }
}

/** Neutral values ask for nothing, so leaving them out drops nothing. */
function warnUnknown(request: ChatRequest, { warn, warnRaw }: MessageContext): void {
  if (request.n !== undefined && request.n !== 1) warn("n");
  if (request.serviceTier !== undefined && request.serviceTier !== "auto" && request.serviceTier !== "default")
    warn("serviceTier");
  if (request.user !== undefined) warn("user");
  if (request.metadata && Object.keys(request.metadata).length > 0) warn("metadata");
  if (request.prediction !== undefined && request.prediction !== null) warn("prediction");
  if (request.modalities?.some((modality) => modality !== "text")) warn("modalities");
  if (request.audio) warn("audio");
  for (const [field, value] of Object.entries(request.extra ?? {})) if (value !== null) warnRaw(field);
}

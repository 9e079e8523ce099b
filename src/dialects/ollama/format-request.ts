import type { ChatRequest, JsonObject, Tool } from "../../canonical/chat.ts";
import { asFunctionTool } from "../custom-tools/function-tool.ts";
import type { BodyChanges, FormattedRequest } from "../dialect.ts";
import { fieldName } from "../field-names.ts";
import { isObject } from "../json-object.ts";
import { formatMessages, type MessageContext } from "./format-messages.ts";

export function formatRequest(request: ChatRequest, changes: BodyChanges): FormattedRequest {
  const warnings = new Set<string>();
  const context: MessageContext = {
    warn: (field) => warnings.add(fieldName(request.dialect, field)),
    warnRaw: (field) => warnings.add(field),
  };
  const { traits, stream, maxOutputTokens } = changes;
  const own = request.dialect === "ollama";
  const body: JsonObject = { model: traits.model, messages: formatMessages(request, context) };
  if (own) Object.assign(body, request.spelling?.["wire"]);
  else writeForeign(request, traits.model, body, context);
  const cap = maxOutputTokens ?? (own ? undefined : request.maxOutputTokens);
  if (cap !== undefined) body["options"] = { ...(isObject(body["options"]) && body["options"]), num_predict: cap };
  // It streams unless told otherwise.
  if (!own || request.spelling?.["stream"] || !stream) body["stream"] = stream;
  for (const field of traits.refuses ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    warnings.add(field);
  }
  return { body, warnings: [...warnings] };
}

function writeForeign(request: ChatRequest, model: string, body: JsonObject, context: MessageContext): void {
  const { responseFormat: format } = request;
  writeTools(request, body, context);
  const options = formatOptions(request);
  if (Object.keys(options).length > 0) body["options"] = options;
  if (format?.type === "json-schema") body["format"] = format.schema ?? "json";
  else if (format?.type === "json") body["format"] = "json";
  writeThink(request, model, body);
  if (request.logprobs) body["logprobs"] = true;
  if (request.logprobs && request.topLogprobs !== undefined) body["top_logprobs"] = request.topLogprobs;
  warnUnknown(request, context);
}

/** Nobody has to be offered a tool that may not be called; that one must be called cannot be said. */
function writeTools(request: ChatRequest, body: JsonObject, context: MessageContext): void {
  const { tools = [], toolChoice: choice } = request;
  const formatted =
    choice === "none" ? [] : tools.flatMap((tool) => formatTool(asFunctionTool(tool, context.warnRaw), context));
  if (formatted.length === 0) return;
  body["tools"] = formatted;
  if (choice !== undefined && choice !== "auto") context.warn("toolChoice");
  if (request.parallelToolCalls === false) context.warn("parallelToolCalls");
}

function formatTool(tool: Tool, context: MessageContext): JsonObject[] {
  if (tool.builtin) {
    context.warnRaw(`tools[].${tool.builtin.kind}`);
    return [];
  }
  if (tool.strict) context.warn("strictTools");
  for (const key of Object.keys(tool.extra ?? {})) context.warnRaw(`tools[].${key}`);
  const { name, description, parameters = { type: "object", properties: {} } } = tool;
  return [{ type: "function", function: { name, ...(description !== undefined && { description }), parameters } }];
}

function formatOptions(request: ChatRequest): JsonObject {
  const { temperature, topP, topK, seed, stop, presencePenalty, frequencyPenalty } = request;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
    ...(seed !== undefined && { seed }),
    ...(stop && stop.length > 0 && { stop }),
    ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
  };
}

const LEVELS: Readonly<Record<string, string>> = { minimal: "low", xhigh: "high", max: "high", adaptive: "medium" };

/** Levels are gpt-oss's alone ("think value is not supported for this model", 400); others think or do not. */
function writeThink({ reasoning }: ChatRequest, model: string, body: JsonObject): void {
  const { effort, budgetTokens } = reasoning ?? {};
  if (effort === undefined && budgetTokens === undefined) return;
  if (effort === "none") body["think"] = false;
  else body["think"] = /gpt-oss/.test(model) ? (LEVELS[effort ?? "medium"] ?? effort ?? "medium") : true;
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

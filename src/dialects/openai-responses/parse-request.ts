import type { ChatRequest, Json, JsonObject, ReasoningOptions, ResponseFormat, Tool } from "../../canonical/chat.ts";
import { isObject } from "../json-object.ts";
import { type Fields, fieldsOf, isBoolean, isNumber, isString } from "../openai-chat/json.ts";
import { inspectRequest, invalid } from "./inspect.ts";
import { additionalTools, parseItems } from "./parse-items.ts";

/**
 * The canonical form. Bodies of this dialect are repeated as they were written: `spelling.body` is the body itself, and
 * `spelling.items` of a message are the items that it stands for. `extra` is what other dialects have to warn of.
 */
export function parseRequest(body: JsonObject, path?: { model?: string; stream?: boolean }): ChatRequest {
  const facts = inspectRequest(body, path);
  const fields = fieldsOf(body);
  for (const key of HANDLED) fields.drop(key);
  const request: ChatRequest = {
    operation: "chat",
    dialect: "openai-responses",
    model: facts.model,
    stream: facts.stream,
    messages: [],
    spelling: { body },
  };
  const instructions = fields.take("instructions", isString);
  if (instructions !== undefined && instructions !== "")
    request.messages.push({ role: "system", content: instructions, spelling: { items: [] } });
  const { input } = body;
  if (isString(input)) request.messages.push({ role: "user", content: input, spelling: { items: input } });
  else if (Array.isArray(input)) request.messages.push(...parseItems(input));
  if (facts.maxOutputTokens !== undefined) {
    request.maxOutputTokens = facts.maxOutputTokens;
    fields.drop("max_output_tokens");
  }
  readTools(fields, request);
  readSampling(fields, request);
  readText(fields, request);
  readReasoning(fields, request);
  if (body["truncation"] === "disabled") fields.drop("truncation");
  if (body["background"] === false) fields.drop("background");
  readInclude(fields, request);
  const { extra } = fields.rest();
  if (extra) request.extra = { ...request.extra, ...extra };
  return request;
}

/** Of no meaning for a target, or honoured by the gateway itself: `store` and `previous_response_id`. */
const HANDLED = ["model", "input", "stream", "stream_options", "store"];

function readTools(fields: Fields, request: ChatRequest): void {
  const tools = fields.take("tools", isList);
  const { input } = (request.spelling!["body"] ?? {}) as JsonObject;
  const added = Array.isArray(input) ? additionalTools(input) : [];
  if (tools || added.length > 0) request.tools = [...(tools ?? []), ...added].flatMap(parseTool);
  const choice = fields.take("tool_choice", isChoice);
  if (choice !== undefined) request.toolChoice = choiceOf(choice);
  const parallel = fields.take("parallel_tool_calls", isBoolean);
  if (parallel !== undefined) request.parallelToolCalls = parallel;
}

function parseTool(wire: Json, index: number): Tool[] {
  if (!isObject(wire)) throw invalid(`tools[${index}]`, `'tools[${index}]' must be an object.`);
  const { type, name, tools } = wire;
  if (type !== "namespace" || !isString(name) || !Array.isArray(tools)) return [oneTool(wire)];
  // A group of functions, Codex' form of MCP servers and of its own helpers.
  return tools.filter(isObject).map((tool) => ({ ...oneTool(tool), namespace: name }));
}

function oneTool(wire: JsonObject): Tool {
  const fields = fieldsOf(wire);
  const kind = fields.take("type", isString) ?? "unknown";
  const name = fields.take("name", isString);
  // Tools that the provider runs, and custom tools, whose input is free text.
  if (kind !== "function" || name === undefined)
    return { name: name ?? kind, builtin: { dialect: "openai-responses", kind, raw: wire } };
  const tool: Tool = { name };
  const description = fields.take("description", isString);
  const parameters = fields.take("parameters", isObject);
  const strict = fields.take("strict", isBoolean);
  if (description !== undefined) tool.description = description;
  if (parameters) tool.parameters = parameters;
  if (strict !== undefined) tool.strict = strict;
  const { extra } = fields.rest();
  if (extra) tool.extra = extra;
  return tool;
}

function choiceOf(wire: Json): ChatRequest["toolChoice"] {
  if (wire === "auto" || wire === "none" || wire === "required") return wire;
  return isObject(wire) && (wire["type"] === "function" || wire["type"] === "custom") && isString(wire["name"])
    ? { name: wire["name"] }
    : { raw: wire };
}

function readSampling(fields: Fields, request: ChatRequest): void {
  for (const [key, name] of NUMBERS) {
    const value = fields.take(key, isNumber);
    if (value !== undefined) request[name] = value;
  }
  const user = fields.take("user", isString);
  const metadata = fields.take("metadata", isObject);
  const serviceTier = fields.take("service_tier", isString);
  if (user !== undefined) request.user = user;
  if (metadata) request.metadata = metadata;
  if (serviceTier !== undefined) request.serviceTier = serviceTier;
}

/** Wire name and canonical name of plain numbers. */
export const NUMBERS = [
  ["temperature", "temperature"],
  ["top_p", "topP"],
  ["top_logprobs", "topLogprobs"],
] as const;

function readText(fields: Fields, request: ChatRequest): void {
  const text = fields.take("text", isObject);
  if (!text) return;
  const { format, ...others } = text;
  if (isObject(format)) request.responseFormat = parseFormat(format);
  const { extra } = fieldsOf(others).rest();
  if (extra) request.extra = Object.fromEntries(Object.entries(extra).map(([key, value]) => [`text.${key}`, value]));
}

function parseFormat(wire: JsonObject): ResponseFormat {
  if (wire["type"] === "json_object") return { type: "json" };
  if (wire["type"] !== "json_schema") return { type: "text" };
  const { name, description, schema, strict } = wire;
  const format: ResponseFormat = { type: "json-schema" };
  if (isString(name)) format.name = name;
  if (isString(description)) format.description = description;
  if (isObject(schema)) format.schema = schema;
  if (isBoolean(strict)) format.strict = strict;
  return format;
}

const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

function readReasoning(fields: Fields, request: ChatRequest): void {
  const wire = fields.take("reasoning", isObject);
  if (!wire) return;
  const reasoning: ReasoningOptions = {};
  const effort = EFFORTS.find((name) => name === wire["effort"]);
  if (effort) reasoning.effort = effort;
  if (isString(wire["summary"])) reasoning.visible = true;
  if (effort || reasoning.visible) request.reasoning = reasoning;
}

/** Encrypted reasoning comes wherever its maker gives some; logprobs have a field of their own elsewhere. */
function readInclude(fields: Fields, request: ChatRequest): void {
  const include = fields.take("include", isList);
  if (!include) return;
  if (include.includes("message.output_text.logprobs")) request.logprobs = true;
  if (include.includes("reasoning.encrypted_content")) request.encryptedReasoning = true;
  const others = include.filter((name) => !CARRIED.has(name));
  if (others.length > 0) request.extra = { ...request.extra, include: others };
}

const CARRIED: ReadonlySet<Json> = new Set(["reasoning.encrypted_content", "message.output_text.logprobs"]);

function isList(value: Json | undefined): value is Json[] {
  return Array.isArray(value);
}

function isChoice(value: Json | undefined): value is Json {
  return value !== undefined && value !== null;
}

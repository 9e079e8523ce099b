import type { ChatRequest, Json, JsonObject, Message, Part, Tool } from "../../canonical/chat.ts";
import { isObject, otherMembers, textOf } from "../json-object.ts";
import { inspectRequest, invalid } from "./inspect.ts";
import { messageParts } from "./message-parts.ts";

/** Fields with a canonical name; the others travel in `extra`. */
const CANONICAL = ["model", "messages", "stream", "tools", "format", "options", "think", "logprobs", "top_logprobs"];
const OPTIONS = [
  "num_predict",
  "temperature",
  "top_p",
  "top_k",
  "seed",
  "stop",
  "presence_penalty",
  "frequency_penalty",
];

/** `spelling.wire` is the body without its conversation: what a round trip needs that the canonical form cannot say. */
export function parseRequest(body: JsonObject): ChatRequest {
  const { model, stream, maxOutputTokens } = inspectRequest(body);
  const request: ChatRequest = {
    operation: "chat",
    dialect: "ollama",
    model,
    stream,
    messages: parseMessages(body["messages"] as Json[]),
    includeUsage: true,
    spelling: { wire: otherMembers(body, ["model", "messages", "stream"]) ?? {} },
  };
  if (body["stream"] !== undefined) request.spelling!["stream"] = true;
  if (maxOutputTokens !== undefined) request.maxOutputTokens = maxOutputTokens;
  if (isObject(body["options"])) readOptions(body["options"], request);
  if (Array.isArray(body["tools"])) request.tools = body["tools"].filter(isObject).map(parseTool);
  if (isObject(body["format"])) request.responseFormat = { type: "json-schema", schema: body["format"] };
  else if (body["format"] === "json") request.responseFormat = { type: "json" };
  readThink(body["think"], request);
  if (typeof body["logprobs"] === "boolean") request.logprobs = body["logprobs"];
  if (typeof body["top_logprobs"] === "number") request.topLogprobs = body["top_logprobs"];
  const extra = otherMembers(body, CANONICAL);
  if (extra) request.extra = { ...request.extra, ...extra };
  return request;
}

function parseMessages(messages: readonly Json[]): Message[] {
  /** Calls without an answer yet: a result without an id belongs to the first of them. */
  const open: { id: string; name: string }[] = [];
  return messages.map((message, index) => {
    const param = `messages[${index}]`;
    if (!isObject(message)) throw invalid(param, "must be an object");
    const role = (["system", "user", "assistant", "tool"] as const).find((name) => name === message["role"]);
    if (!role) throw invalid(`${param}.role`, "must be system, user, assistant or tool");
    const extra = otherMembers(message, FIELDS);
    const common = { role, ...(extra && { extra }), spelling: { wire: message } };
    if (role === "tool") return { ...common, content: [toolResult(message, open)] };
    const parts = messageParts(message, (call) => `call_${index}_${call}`);
    for (const part of parts) if (part.type === "tool-call") open.push(part);
    const only = parts[0];
    const plain = parts.length === 0 || (parts.length === 1 && only?.type === "text");
    return { ...common, content: plain ? textOf(message["content"]) : parts };
  });
}

const FIELDS = ["role", "content", "thinking", "images", "tool_calls", "tool_name", "tool_call_id"];

function toolResult(message: JsonObject, open: { id: string; name: string }[]): Part {
  const id = textOf(message["tool_call_id"]);
  const given = textOf(message["tool_name"]);
  const at = open.findIndex((call) => (id === "" ? given === "" || call.name === given : call.id === id));
  const [call] = at >= 0 ? open.splice(at, 1) : [];
  const name = given || call?.name;
  return {
    type: "tool-result",
    toolCallId: id || call?.id || "call",
    ...(name !== undefined && { name }),
    content: textOf(message["content"]),
  };
}

function readOptions(options: JsonObject, request: ChatRequest): void {
  const number = (key: string) => (typeof options[key] === "number" ? options[key] : undefined);
  const { stop } = options;
  request.temperature = number("temperature");
  request.topP = number("top_p");
  request.topK = number("top_k");
  request.seed = number("seed");
  request.presencePenalty = number("presence_penalty");
  request.frequencyPenalty = number("frequency_penalty");
  if (typeof stop === "string") request.stop = [stop];
  else if (Array.isArray(stop) && stop.every((text) => typeof text === "string")) request.stop = stop;
  for (const key of Object.keys(otherMembers(options, OPTIONS) ?? {}))
    request.extra = { ...request.extra, [`options.${key}`]: options[key]! };
}

function parseTool(tool: JsonObject): Tool {
  const { name, description, parameters } = isObject(tool["function"]) ? tool["function"] : {};
  const extra = otherMembers(tool, ["type", "function"]);
  return {
    name: textOf(name),
    ...(typeof description === "string" && { description }),
    ...(isObject(parameters) && { parameters }),
    ...(extra && { extra }),
  };
}

function readThink(think: Json | undefined, request: ChatRequest): void {
  if (think === false) request.reasoning = { effort: "none" };
  else if (think === true) request.reasoning = { effort: "adaptive" };
  else if (think === "low" || think === "medium" || think === "high") request.reasoning = { effort: think };
}

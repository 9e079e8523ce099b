import type { ChatRequest, Json, JsonObject, ReasoningOptions, Tool } from "../../canonical/chat.ts";
import { isObject, otherMembers, textOf } from "../json-object.ts";
import { inspectRequest } from "./inspect.ts";
import { parseMessages } from "./parse-messages.ts";

/** Fields with a canonical name; the others travel in `extra`. */
const CANONICAL = [
  "model",
  "messages",
  "stream",
  "tools",
  "strict_tools",
  "tool_choice",
  "response_format",
  "max_tokens",
  "stop_sequences",
  "temperature",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "k",
  "p",
  "logprobs",
  "thinking",
];

/** `spelling.wire` is the body without its conversation: what a round trip needs that the canonical form cannot say. */
export function parseRequest(body: JsonObject): ChatRequest {
  const { model, stream, maxOutputTokens } = inspectRequest(body);
  const request: ChatRequest = {
    operation: "chat",
    dialect: "cohere",
    model,
    stream,
    messages: parseMessages(body["messages"] as Json[]),
    includeUsage: true,
    spelling: {
      wire: otherMembers(body, ["model", "messages", "stream"]) ?? {},
      ...(body["stream"] === false && { stream: false }),
    },
  };
  if (maxOutputTokens !== undefined) request.maxOutputTokens = maxOutputTokens;
  readSampling(body, request);
  readTools(body, request);
  const reasoning = parseThinking(body["thinking"]);
  if (reasoning) request.reasoning = reasoning;
  const format = body["response_format"];
  if (isObject(format) && format["type"] === "json_object") {
    const schema = format["json_schema"] ?? format["schema"];
    request.responseFormat = isObject(schema) ? { type: "json-schema", schema } : { type: "json" };
  }
  const extra = otherMembers(body, CANONICAL);
  if (extra) request.extra = extra;
  return request;
}

function readSampling(body: JsonObject, request: ChatRequest): void {
  const number = (key: string) => (typeof body[key] === "number" ? body[key] : undefined);
  const { stop_sequences: stop } = body;
  request.temperature = number("temperature");
  request.topP = number("p");
  request.topK = number("k");
  request.seed = number("seed");
  request.frequencyPenalty = number("frequency_penalty");
  request.presencePenalty = number("presence_penalty");
  if (Array.isArray(stop) && stop.every((text) => typeof text === "string")) request.stop = stop;
  if (typeof body["logprobs"] === "boolean") request.logprobs = body["logprobs"];
}

function readTools(body: JsonObject, request: ChatRequest): void {
  const { tools, tool_choice: choice, strict_tools: strict } = body;
  if (Array.isArray(tools)) request.tools = tools.filter(isObject).map((tool) => parseTool(tool, strict === true));
  if (choice === "REQUIRED") request.toolChoice = "required";
  if (choice === "NONE") request.toolChoice = "none";
}

function parseTool(tool: JsonObject, strict: boolean): Tool {
  const { name, description, parameters } = isObject(tool["function"]) ? tool["function"] : {};
  const extra = otherMembers(tool, ["type", "function"]);
  return {
    name: textOf(name),
    ...(typeof description === "string" && { description }),
    ...(isObject(parameters) && { parameters }),
    ...(strict && { strict }),
    ...(extra && { extra }),
  };
}

function parseThinking(thinking: Json | undefined): ReasoningOptions | undefined {
  if (!isObject(thinking)) return undefined;
  const { type, token_budget: budget } = thinking;
  if (type === "disabled") return { effort: "none" };
  return typeof budget === "number" ? { budgetTokens: budget } : { effort: "adaptive" };
}

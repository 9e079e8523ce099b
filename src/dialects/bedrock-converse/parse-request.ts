import type { ChatRequest, Json, JsonObject, Message, ReasoningOptions, Tool } from "../../canonical/chat.ts";
import { isObject, otherMembers, parseObject, textOf } from "../json-object.ts";
import { inspectRequest, invalid, type PathFacts } from "./inspect.ts";
import { parseBlocks, parseCachePoint } from "./parse-content.ts";

/** Fields with a canonical name; the others travel in `extra`. */
const CANONICAL = [
  "messages",
  "system",
  "inferenceConfig",
  "toolConfig",
  "outputConfig",
  "serviceTier",
  "requestMetadata",
  "additionalModelRequestFields",
];

/** `spelling.wire` is the body without its conversation: what a round trip needs that the canonical form cannot say. */
export function parseRequest(body: JsonObject, path?: PathFacts): ChatRequest {
  const { model, stream, maxOutputTokens } = inspectRequest(body, path);
  const request: ChatRequest = {
    operation: "chat",
    dialect: "bedrock-converse",
    model,
    stream,
    messages: parseMessages(body),
    includeUsage: true,
    spelling: {
      wire: otherMembers(body, ["messages", "system"]) ?? {},
      ...(body["system"] !== undefined && { system: true }),
    },
  };
  if (maxOutputTokens !== undefined) request.maxOutputTokens = maxOutputTokens;
  readSampling(body["inferenceConfig"], request);
  readTools(body["toolConfig"], request);
  readModelFields(body["additionalModelRequestFields"], request);
  const format = parseOutputFormat(body["outputConfig"]);
  if (format) request.responseFormat = format;
  if (isObject(body["serviceTier"])) request.serviceTier = textOf(body["serviceTier"]["type"]);
  if (isObject(body["requestMetadata"])) request.metadata = body["requestMetadata"];
  const extra = otherMembers(body, CANONICAL);
  if (extra) request.extra = extra;
  return request;
}

function parseMessages({ system, messages }: JsonObject): Message[] {
  const parsed: Message[] = [];
  if (system !== undefined) parsed.push({ role: "system", content: parseBlocks(system, "system") });
  for (const [index, message] of (messages as Json[]).entries()) {
    const param = `messages[${index}]`;
    if (!isObject(message)) throw invalid(param, "must be an object");
    const { role, content } = message;
    if (role !== "user" && role !== "assistant") throw invalid(`${param}.role`, 'must be "user" or "assistant"');
    const extra = otherMembers(message, ["role", "content"]);
    parsed.push({ role, content: parseBlocks(content, `${param}.content`), ...(extra && { extra }) });
  }
  return parsed;
}

function readSampling(config: Json | undefined, request: ChatRequest): void {
  if (!isObject(config)) return;
  const { temperature, topP, stopSequences } = config;
  if (typeof temperature === "number") request.temperature = temperature;
  if (typeof topP === "number") request.topP = topP;
  if (Array.isArray(stopSequences) && stopSequences.every((text) => typeof text === "string"))
    request.stop = stopSequences;
}

function readTools(config: Json | undefined, request: ChatRequest): void {
  if (!isObject(config)) return;
  const { tools, toolChoice } = config;
  if (Array.isArray(tools)) {
    request.tools = [];
    for (const [index, tool] of tools.entries()) {
      if (!isObject(tool)) throw invalid(`toolConfig.tools[${index}]`, "must be an object");
      const cache = parseCachePoint(tool);
      const last = request.tools[request.tools.length - 1];
      if (cache && last) last.cache = cache;
      else request.tools.push(parseTool(tool));
    }
  }
  if (!isObject(toolChoice)) return;
  if (isObject(toolChoice["tool"])) request.toolChoice = { name: textOf(toolChoice["tool"]["name"]) };
  else request.toolChoice = toolChoice["any"] ? "required" : toolChoice["auto"] ? "auto" : { raw: toolChoice };
}

function parseTool(tool: JsonObject): Tool {
  const { toolSpec } = tool;
  if (!isObject(toolSpec)) {
    const kind = Object.keys(tool)[0] ?? "tool";
    return { name: kind, builtin: { dialect: "bedrock-converse", kind, raw: tool } };
  }
  const { name, description, inputSchema, strict } = toolSpec;
  const parameters = isObject(inputSchema) ? inputSchema["json"] : undefined;
  return {
    name: textOf(name),
    ...(typeof description === "string" && { description }),
    ...(isObject(parameters) && { parameters }),
    ...(typeof strict === "boolean" && { strict }),
  };
}

/** What the makers call it: Claude's fields, and Nova's. What has no canonical name is named as a field of its own. */
function readModelFields(fields: Json | undefined, request: ChatRequest): void {
  if (!isObject(fields)) return;
  if (typeof fields["top_k"] === "number") request.topK = fields["top_k"];
  const reasoning = parseReasoning(fields);
  if (reasoning) request.reasoning = reasoning;
  const others = otherMembers(fields, ["top_k", "thinking", "reasoning_config", "reasoningConfig", "output_config"]);
  for (const key of Object.keys(others ?? {}))
    request.extra = { ...request.extra, [`additionalModelRequestFields.${key}`]: true };
}

function parseReasoning(fields: JsonObject): ReasoningOptions | undefined {
  const thinking = fields["thinking"] ?? fields["reasoning_config"] ?? fields["reasoningConfig"];
  const config = isObject(fields["output_config"]) ? fields["output_config"] : {};
  const reasoning: ReasoningOptions = {};
  const wanted = isObject(thinking) ? thinking : {};
  const effort = EFFORTS.find((name) => name === (config["effort"] ?? wanted["maxReasoningEffort"]));
  if (wanted["type"] === "disabled") reasoning.effort = "none";
  else if (effort) reasoning.effort = effort;
  else if (wanted["type"] === "adaptive") reasoning.effort = "adaptive";
  if (typeof wanted["budget_tokens"] === "number") reasoning.budgetTokens = wanted["budget_tokens"];
  return Object.keys(reasoning).length > 0 ? reasoning : undefined;
}

const EFFORTS = ["low", "medium", "high", "xhigh", "max"] as const;

function parseOutputFormat(config: Json | undefined): ChatRequest["responseFormat"] {
  const format = isObject(config) && isObject(config["textFormat"]) ? config["textFormat"] : {};
  const structure = isObject(format["structure"]) ? format["structure"]["jsonSchema"] : undefined;
  if (format["type"] !== "json_schema" || !isObject(structure)) return undefined;
  const schema = parseObject(textOf(structure["schema"]));
  const { name, description } = structure;
  return {
    type: "json-schema",
    strict: true,
    ...(schema && { schema }),
    ...(typeof name === "string" && { name }),
    ...(typeof description === "string" && { description }),
  };
}

import type { ChatRequest, Json, JsonObject, Message, ReasoningOptions, Tool } from "../../canonical/chat.ts";
import { inspectRequest, invalid, type PathFacts } from "./inspect.ts";
import { isObject, pick, rest, stringOf } from "./json.ts";
import { parseCache, parseContent } from "./parse-content.ts";

/** Fields with a canonical name; the others travel in `extra`. */
const CANONICAL = [
  "model",
  "messages",
  "system",
  "max_tokens",
  "stream",
  "tools",
  "tool_choice",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "thinking",
  "output_config",
  "output_format",
  "service_tier",
  "metadata",
];

/**
 * The canonical form. `spelling` keeps what several wire forms share: whether the first message is the top-level
 * `system`, an explicit `stream: false`, and the objects that ask for thinking and output.
 */
export function parseRequest(body: JsonObject, path?: PathFacts): ChatRequest {
  const facts = inspectRequest(body, path);
  const spelling: JsonObject = {};
  const request: ChatRequest = {
    operation: "chat",
    dialect: "anthropic-messages",
    model: facts.model,
    stream: facts.stream,
    messages: parseMessages(body, spelling),
    maxOutputTokens: facts.maxOutputTokens,
    includeUsage: true,
  };
  if (body["stream"] === false) spelling["stream"] = false;
  const taken = [...readSampling(body, request), ...readTools(body, request), ...readOutput(body, request, spelling)];
  if (facts.user !== undefined) request.user = facts.user;
  const { metadata } = body;
  const wholeMetadata = facts.user !== undefined && isObject(metadata) && Object.keys(metadata).length === 1;
  if (wholeMetadata) taken.push("metadata");
  const extra = rest(body, CANONICAL);
  if (extra) request.extra = extra;
  // Null or of an odd type: said to Anthropic alone.
  const odd = pick(body, CANONICAL, [...ALWAYS, ...taken]);
  if (odd) spelling["odd"] = odd;
  request.spelling = spelling;
  return request;
}

const ALWAYS = ["model", "messages", "system", "max_tokens", "stream"];

function parseMessages(body: JsonObject, spelling: JsonObject): Message[] {
  const messages: Message[] = [];
  const system = body["system"];
  if (system !== undefined && system !== null) {
    spelling["system"] = true;
    messages.push({ role: "system", content: parseContent(system, "system") });
  }
  for (const [index, message] of (body["messages"] as Json[]).entries()) {
    const param = `messages[${index}]`;
    if (!isObject(message)) throw invalid(param, "must be an object");
    const { role, content } = message;
    if (role !== "user" && role !== "assistant" && role !== "system")
      throw invalid(`${param}.role`, 'must be "user", "assistant" or "system"');
    const extra = rest(message, ["role", "content"]);
    messages.push({ role, content: parseContent(content, `${param}.content`), ...(extra && { extra }) });
  }
  return messages;
}

/** Returns the fields it has taken; what is null or of an odd type stays for the upstream to judge. */
function readSampling(body: JsonObject, request: ChatRequest): string[] {
  const taken: string[] = [];
  const number = (key: string, set: (value: number) => void) => {
    const value = body[key];
    if (typeof value !== "number") return;
    set(value);
    taken.push(key);
  };
  number("temperature", (value) => {
    request.temperature = value;
  });
  number("top_p", (value) => {
    request.topP = value;
  });
  number("top_k", (value) => {
    request.topK = value;
  });
  const stop = body["stop_sequences"];
  if (Array.isArray(stop) && stop.every((text) => typeof text === "string")) {
    request.stop = stop;
    taken.push("stop_sequences");
  }
  if (typeof body["service_tier"] === "string") {
    request.serviceTier = body["service_tier"];
    taken.push("service_tier");
  }
  return taken;
}

function readTools(body: JsonObject, request: ChatRequest): string[] {
  const taken: string[] = [];
  const { tools, tool_choice: choice } = body;
  if (Array.isArray(tools)) {
    request.tools = tools.map((tool, index) => {
      if (!isObject(tool)) throw invalid(`tools[${index}]`, "must be an object");
      return parseTool(tool);
    });
    taken.push("tools");
  }
  if (isObject(choice)) {
    const { disable_parallel_tool_use: disabled, ...named } = choice;
    const parallel = typeof disabled === "boolean";
    request.toolChoice = parseToolChoice(named) ?? { raw: choice };
    if (parallel) request.parallelToolCalls = !disabled;
    taken.push("tool_choice");
  }
  return taken;
}

function parseTool(tool: JsonObject): Tool {
  const { type, name, description, input_schema: parameters, strict, cache_control: cacheControl } = tool;
  const cache = parseCache(cacheControl);
  const marker = cache && { cache: cache.marker };
  if (typeof type === "string" && type !== "custom") {
    const builtin = { dialect: "anthropic-messages", kind: type, raw: tool };
    return { name: typeof name === "string" ? name : type, builtin, ...marker };
  }
  const canonical = ["type", "name", "description", "input_schema", "strict", "cache_control"];
  const extra = rest(tool, canonical);
  const said = canonical.filter((key) => key !== "type" && tool[key] !== null);
  const spelling = pick(tool, canonical, cache && !cache.exact ? said.filter((key) => key !== "cache_control") : said);
  return {
    name: stringOf(name),
    ...(typeof description === "string" && { description }),
    ...(isObject(parameters) && { parameters }),
    ...(typeof strict === "boolean" && { strict }),
    ...marker,
    ...(extra && { extra }),
    ...(spelling && { spelling }),
  };
}

function parseToolChoice(choice: JsonObject): ChatRequest["toolChoice"] {
  const { type, name, ...others } = choice;
  if (Object.keys(others).length > 0) return undefined;
  if (type === "tool" && typeof name === "string") return { name };
  if (name !== undefined) return undefined;
  return type === "auto" ? "auto" : type === "any" ? "required" : type === "none" ? "none" : undefined;
}

function readOutput(body: JsonObject, request: ChatRequest, spelling: JsonObject): string[] {
  const taken = ["thinking", "output_config", "output_format"].filter((key) => isObject(body[key]));
  for (const key of taken) spelling[key] = body[key]!;
  const config = isObject(body["output_config"]) ? body["output_config"] : {};
  const reasoning = parseReasoning(isObject(body["thinking"]) ? body["thinking"] : {}, config["effort"]);
  if (reasoning) request.reasoning = reasoning;
  const format = config["format"] ?? body["output_format"];
  if (isObject(format) && format["type"] === "json_schema" && isObject(format["schema"]))
    request.responseFormat = { type: "json-schema", schema: format["schema"], strict: true };
  return taken;
}

const EFFORTS = ["low", "medium", "high", "xhigh", "max"] as const;

function parseReasoning(thinking: JsonObject, effort: Json | undefined): ReasoningOptions | undefined {
  const reasoning: ReasoningOptions = {};
  const level = EFFORTS.find((name) => name === effort);
  const { type, budget_tokens: budgetTokens, display } = thinking;
  if (type === "disabled") reasoning.effort = "none";
  else if (level) reasoning.effort = level;
  else if (type === "adaptive") reasoning.effort = "adaptive";
  if (type === "enabled" && typeof budgetTokens === "number") reasoning.budgetTokens = budgetTokens;
  if (display === "summarized" || display === "omitted") reasoning.visible = display === "summarized";
  return Object.keys(reasoning).length > 0 ? reasoning : undefined;
}

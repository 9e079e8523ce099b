import type { ChatRequest, Json, JsonObject } from "../../canonical/chat.ts";
import { inspectRequest, type PathFacts } from "./inspect.ts";
import { isObject, rest } from "./json.ts";
import { readConfig } from "./parse-config.ts";
import { parseContents } from "./parse-contents.ts";
import { parseToolChoice, parseTools } from "./parse-tools.ts";
import { camel } from "./proto-names.ts";

const CANONICAL = ["contents", "systemInstruction", "generationConfig", "tools", "toolConfig", "serviceTier"];

/**
 * The canonical form. `spelling` keeps the objects that have several forms as they were written; a dotted name in
 * `extra` stands for a field inside of one of them, so that it can be named in a warning.
 */
export function parseRequest(body: JsonObject, path?: PathFacts): ChatRequest {
  const facts = inspectRequest(body, path);
  const wire = camel(body);
  const { systemInstruction, generationConfig, tools, toolConfig, serviceTier } = wire;
  const spelling: JsonObject = {};
  const request: ChatRequest = {
    operation: "chat",
    dialect: "gemini",
    model: facts.model,
    stream: facts.stream,
    messages: parseContents(body["contents"] as Json[], systemInstruction),
    includeUsage: true,
  };
  if (facts.maxOutputTokens !== undefined) request.maxOutputTokens = facts.maxOutputTokens;
  const extra: JsonObject = { ...rest(wire, CANONICAL) };
  if (systemInstruction !== undefined) spelling["system"] = systemInstruction === null ? null : true;
  if (isObject(generationConfig)) {
    spelling["config"] = camel(generationConfig);
    Object.assign(extra, readConfig(generationConfig, request));
  }
  if (Array.isArray(tools)) request.tools = parseTools(tools);
  if (isObject(toolConfig)) {
    spelling["toolConfig"] = toolConfig;
    const choice = parseToolChoice(toolConfig);
    if (choice !== undefined) request.toolChoice = choice;
    for (const [key, value] of Object.entries(rest(camel(toolConfig), ["functionCallingConfig"]) ?? {}))
      extra[`toolConfig.${key}`] = value;
  }
  if (typeof serviceTier === "string") request.serviceTier = serviceTier;
  if (Object.keys(extra).length > 0) request.extra = extra;
  const odd = oddOnes(wire);
  if (odd) spelling["odd"] = odd;
  request.spelling = spelling;
  return request;
}

/** Null, or of a type that the field cannot have: for Google to judge. */
function oddOnes({ generationConfig, tools, toolConfig, serviceTier }: JsonObject): JsonObject | undefined {
  const odd: JsonObject = {};
  if (generationConfig !== undefined && !isObject(generationConfig)) odd["generationConfig"] = generationConfig;
  if (tools !== undefined && !Array.isArray(tools)) odd["tools"] = tools;
  if (toolConfig !== undefined && !isObject(toolConfig)) odd["toolConfig"] = toolConfig;
  if (serviceTier !== undefined && typeof serviceTier !== "string") odd["serviceTier"] = serviceTier;
  return Object.keys(odd).length > 0 ? odd : undefined;
}

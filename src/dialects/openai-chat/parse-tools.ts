import type { ChatRequest, Json, JsonObject, Tool } from "../../canonical/chat.ts";
import { parseCache } from "./cache-marker.ts";
import { invalid } from "./inspect.ts";
import { type Fields, fieldsOf, isBoolean, isEmpty, isObject, isString } from "./json.ts";

/** `tools`, and `functions`, its form of 2023. */
export function parseTools(fields: Fields, request: ChatRequest, spelling: JsonObject): void {
  const tools = fields.take("tools", Array.isArray as unknown as (value: Json | undefined) => value is Json[]);
  const functions = fields.take("functions", Array.isArray as unknown as (value: Json | undefined) => value is Json[]);
  if (tools) {
    request.tools = tools.map((tool, index) => {
      if (!isObject(tool)) throw invalid(`tools[${index}]`, `'tools[${index}]' must be an object.`);
      return isObject(tool["function"]) ? parseFunctionTool(tool, tool["function"]) : parseBuiltin(tool);
    });
  }
  if (functions) {
    const legacy = functions.map((definition, index) => {
      if (!isObject(definition)) throw invalid(`functions[${index}]`, `'functions[${index}]' must be an object.`);
      return { ...parseFunction(definition), spelling: { form: "functions" } };
    });
    request.tools = [...(request.tools ?? []), ...legacy];
    if (legacy.length === 0) spelling["functions"] = [];
  }
  const parallel = fields.take("parallel_tool_calls", isBoolean);
  if (parallel !== undefined) request.parallelToolCalls = parallel;
}

function parseFunctionTool(wire: JsonObject, definition: JsonObject): Tool {
  const tool = parseFunction(definition);
  const outer = fieldsOf(wire);
  outer.drop("function");
  const cache = parseCache(outer);
  if (cache) tool.cache = cache;
  const { extra, neutral } = outer.rest();
  const spelling: JsonObject = { ...neutral, ...extra };
  if (spelling["type"] === "function") delete spelling["type"];
  else if (!("type" in spelling)) spelling["type"] = null;
  if (!isEmpty(spelling)) tool.spelling = { outer: spelling };
  return tool;
}

function parseFunction(definition: JsonObject): Tool {
  const fields = fieldsOf(definition);
  const tool: Tool = { name: fields.take("name", isString) ?? "" };
  const description = fields.take("description", isString);
  const parameters = fields.take("parameters", isObject);
  const strict = fields.take("strict", isBoolean);
  if (description !== undefined) tool.description = description;
  if (parameters) tool.parameters = parameters;
  if (strict !== undefined) tool.strict = strict;
  const { extra, neutral } = fields.rest();
  if (extra || neutral) tool.extra = { ...neutral, ...extra };
  return tool;
}

/** Custom grammar tools and tools that a vendor runs itself. */
function parseBuiltin(wire: JsonObject): Tool {
  const custom = wire["custom"];
  const name = isObject(custom) ? custom["name"] : wire["name"];
  const kind = isString(wire["type"]) ? wire["type"] : "unknown";
  return { name: isString(name) ? name : kind, builtin: { dialect: "openai-chat", kind, raw: wire } };
}

/** `tool_choice`, and `function_call`, its form of 2023. */
export function parseToolChoice(fields: Fields, request: ChatRequest, spelling: JsonObject): void {
  const legacy = fields.take("function_call", isGiven);
  if (legacy !== undefined) {
    spelling["function_call"] = legacy;
    request.toolChoice = choiceOf(legacy, isObject(legacy) ? legacy["name"] : undefined);
  }
  const choice = fields.take("tool_choice", isGiven);
  if (choice === undefined) return;
  spelling["tool_choice"] = choice;
  const kind = isObject(choice) ? choice["type"] : undefined;
  const named = isObject(choice) && (kind === "function" || kind === "custom") ? choice[kind] : undefined;
  request.toolChoice = choiceOf(choice, isObject(named) ? named["name"] : undefined);
}

function choiceOf(wire: Json, name: Json | undefined): ChatRequest["toolChoice"] {
  if (isString(name)) return { name };
  if (wire === "auto" || wire === "none" || wire === "required") return wire;
  return { raw: wire };
}

function isGiven(value: Json | undefined): value is Json {
  return value !== undefined && value !== null;
}

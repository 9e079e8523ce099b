import type { ChatRequest, Json, JsonObject, Tool } from "../../canonical/chat.ts";
import { asFunctionTool } from "../custom-tools/function-tool.ts";
import { formatCache } from "./cache-marker.ts";
import type { FormatContext } from "./format-request.ts";

export function formatTools(
  request: ChatRequest,
  body: JsonObject,
  spelling: JsonObject,
  context: FormatContext,
): void {
  const tools: Json[] = [];
  const functions: Json[] = [];
  for (const given of request.tools ?? []) {
    const tool = context.own ? given : asFunctionTool(given, context.warnRaw);
    if (tool.builtin && tool.builtin.dialect !== "openai-chat") context.warnRaw(`tools[].${tool.builtin.kind}`);
    else if (tool.builtin) tools.push(tool.builtin.raw);
    else if (context.own && tool.spelling?.["form"] === "functions") functions.push(formatFunction(tool, true));
    else tools.push(formatTool(tool, context));
  }
  // OpenAI answers 400 to an empty list that the client did not write itself.
  if (tools.length > 0 || (context.own && request.tools && functions.length === 0)) body["tools"] = tools;
  if (functions.length > 0 || spelling["functions"] !== undefined) body["functions"] = functions;
  if (context.own) {
    for (const key of ["tool_choice", "function_call"]) if (spelling[key] !== undefined) body[key] = spelling[key];
    if (request.parallelToolCalls !== undefined) body["parallel_tool_calls"] = request.parallelToolCalls;
    return;
  }
  if (tools.length === 0) return;
  if (request.parallelToolCalls !== undefined) body["parallel_tool_calls"] = request.parallelToolCalls;
  writeChoice(request, body, context);
}

function formatTool(tool: Tool, context: FormatContext): JsonObject {
  const { own, changes } = context;
  const wire: JsonObject = { type: "function" };
  const outer = own ? (tool.spelling?.["outer"] as JsonObject | undefined) : undefined;
  wire["function"] = formatFunction(tool, own);
  if (outer) Object.assign(wire, outer);
  if (outer && outer["type"] === null) delete wire["type"];
  if (!own) for (const key of Object.keys(tool.extra ?? {})) context.warnRaw(`tools[].${key}`);
  if (tool.cache && (own || changes.traits.vendor === "openrouter")) wire["cache_control"] = formatCache(tool.cache);
  return wire;
}

function formatFunction(tool: Tool, own: boolean): JsonObject {
  const wire: JsonObject = { name: tool.name };
  if (tool.description !== undefined) wire["description"] = tool.description;
  if (tool.parameters) wire["parameters"] = tool.parameters;
  if (tool.strict !== undefined) wire["strict"] = tool.strict;
  return own ? { ...wire, ...tool.extra } : wire;
}

function writeChoice({ toolChoice }: ChatRequest, body: JsonObject, context: FormatContext): void {
  if (toolChoice === undefined) return;
  if (typeof toolChoice === "string") body["tool_choice"] = toolChoice;
  else if ("name" in toolChoice) body["tool_choice"] = { type: "function", function: { name: toolChoice.name } };
  else context.warn("toolChoice");
}

import type { ChatRequest, Json, JsonObject, Part, Tool } from "../../canonical/chat.ts";
import { asFunctionTool } from "../custom-tools/function-tool.ts";
import { fieldName } from "../field-names.ts";
import { type ContentContext, formatCache } from "./format-content.ts";
import { isObject } from "./json.ts";
import type { ModelSchema } from "./models.ts";
import { supportedSchema } from "./structured-output.ts";

/** Writes `tools` and `tool_choice` into the body. */
export function formatTools(
  request: ChatRequest,
  body: JsonObject,
  schema: ModelSchema,
  context: ContentContext,
): void {
  const tools = request.tools?.flatMap((tool) => formatTool(asFunctionTool(tool, context.warn), schema, context) ?? []);
  if (tools && (tools.length > 0 || context.own)) body["tools"] = tools;
  if (context.own || body["tools"] !== undefined) {
    const choice = formatToolChoice(request, context);
    if (choice) body["tool_choice"] = choice;
    return;
  }
  // "Requests which include `tool_use` or `tool_result` blocks must define tools" (400): those of the history are
  // declared again, and calling them is forbidden, which is what a request without tools means.
  const called = calledTools(request);
  if (called.length === 0) return;
  body["tools"] = called.map((name) => ({ name, input_schema: { type: "object" } }));
  body["tool_choice"] = { type: "none" };
}

function formatTool(tool: Tool, schema: ModelSchema, context: ContentContext): JsonObject | undefined {
  if (tool.builtin) {
    if (tool.builtin.dialect === "anthropic-messages") return tool.builtin.raw;
    context.warn(`tools[].${tool.builtin.kind}`);
    return undefined;
  }
  const formatted: JsonObject = { name: tool.name };
  if (tool.description !== undefined) formatted["description"] = tool.description;
  if (tool.parameters) formatted["input_schema"] = tool.parameters;
  if (context.own) {
    if (tool.strict !== undefined) formatted["strict"] = tool.strict;
  } else {
    const parameters = objectSchema(tool.parameters);
    const strict = tool.strict === true && schema.structuredOutput;
    formatted["input_schema"] = strict ? supportedSchema(parameters) : parameters;
    if (strict) formatted["strict"] = true;
    else if (tool.strict) context.warn(fieldName(context.dialect, "strictTools"));
    for (const key of Object.keys(tool.extra ?? {})) context.warn(`tools[].${key}`);
  }
  if (tool.cache) formatted["cache_control"] = formatCache(tool.cache);
  return context.own ? { ...formatted, ...tool.extra, ...tool.spelling } : formatted;
}

/** `input_schema` is required, and of type object. */
function objectSchema(parameters: JsonObject | undefined): JsonObject {
  if (!parameters) return { type: "object", properties: {} };
  return parameters["type"] === undefined ? { type: "object", ...parameters } : parameters;
}

function formatToolChoice(request: ChatRequest, context: ContentContext): JsonObject | undefined {
  const { toolChoice: choice, parallelToolCalls: parallel } = request;
  if (isRaw(choice)) {
    if (context.own && isObject(choice.raw)) return choice.raw;
    context.warn(fieldName(context.dialect, "toolChoice"));
  }
  const asked = isRaw(choice) ? undefined : choice;
  // Parallel calls are the default; only a wish against them has to be written.
  const flag =
    parallel === undefined || (parallel && !context.own) ? undefined : { disable_parallel_tool_use: !parallel };
  if (asked === undefined) return parallel === false ? { type: "auto", ...flag } : undefined;
  if (asked === "none") return context.own ? { type: "none", ...flag } : { type: "none" };
  if (asked === "auto") return { type: "auto", ...flag };
  if (asked === "required") return { type: "any", ...flag };
  return { type: "tool", name: asked.name, ...flag };
}

function isRaw(choice: ChatRequest["toolChoice"]): choice is { raw: Json } {
  return typeof choice === "object" && "raw" in choice;
}

function calledTools(request: ChatRequest): string[] {
  const names = new Set<string>();
  let results = false;
  for (const { content } of request.messages) {
    if (typeof content === "string") continue;
    for (const part of content as readonly Part[]) {
      if (part.type === "tool-call") names.add(part.name);
      if (part.type === "tool-result") results = true;
    }
  }
  return names.size > 0 || !results ? [...names] : ["tool"];
}

import type { ChatRequest, JsonObject, Tool } from "../../canonical/chat.ts";
import { supportedSchema } from "../anthropic-messages/structured-output.ts";
import { asFunctionTool } from "../custom-tools/function-tool.ts";
import { type ContentContext, formatCachePoint } from "./format-content.ts";

/** `toolConfig`, or undefined where the request needs none. */
export function formatTools(request: ChatRequest, context: ContentContext): JsonObject | undefined {
  const called = calledTools(request);
  // There is no choice "none": without tools in the history the same is said by naming none.
  const forbidden = request.toolChoice === "none" && called.length === 0;
  const tools = forbidden
    ? []
    : (request.tools ?? []).flatMap((tool) => formatTool(asFunctionTool(tool, context.warnRaw), context));
  if (tools.length > 0) {
    const toolChoice = formatToolChoice(request, context);
    return { tools, ...(toolChoice && { toolChoice }) };
  }
  // "The toolConfig field must be defined when using toolUse and toolResult content blocks" (400).
  if (called.length === 0) return undefined;
  return { tools: called.map((name) => ({ toolSpec: { name, inputSchema: { json: EMPTY_SCHEMA } } })) };
}

const EMPTY_SCHEMA: JsonObject = { type: "object", properties: {} };

function formatTool(tool: Tool, context: ContentContext): JsonObject[] {
  if (tool.builtin) {
    if (tool.builtin.dialect === "bedrock-converse") return [tool.builtin.raw];
    context.warnRaw(`tools[].${tool.builtin.kind}`);
    return [];
  }
  for (const key of Object.keys(tool.extra ?? {})) context.warnRaw(`tools[].${key}`);
  const { family } = context;
  const json = objectSchema(tool.parameters);
  const strict = tool.strict === true && family.structuredOutput;
  if (tool.strict && !strict) context.warn("strictTools");
  const toolSpec: JsonObject = { name: tool.name };
  // An empty one is a 400.
  if (tool.description) toolSpec["description"] = tool.description;
  toolSpec["inputSchema"] = { json: strict && family.claude ? supportedSchema(json) : json };
  if (strict) toolSpec["strict"] = true;
  if (!tool.cache || !family.caches) return [{ toolSpec }];
  return [{ toolSpec }, formatCachePoint(family.claude ? tool.cache : {})];
}

/** The schema is required, and of type object. */
function objectSchema(parameters: JsonObject | undefined): JsonObject {
  if (!parameters) return EMPTY_SCHEMA;
  return parameters["type"] === undefined ? { type: "object", ...parameters } : parameters;
}

function formatToolChoice({ toolChoice: choice }: ChatRequest, context: ContentContext): JsonObject | undefined {
  if (choice === undefined) return undefined;
  if (choice === "auto") return { auto: {} };
  if (choice === "required") return { any: {} };
  if (typeof choice === "object" && "name" in choice) return { tool: { name: choice.name } };
  context.warn("toolChoice");
  return undefined;
}

function calledTools({ messages }: ChatRequest): string[] {
  const names = new Set<string>();
  let results = false;
  for (const { content } of messages) {
    if (typeof content === "string") continue;
    for (const part of content) {
      if (part.type === "tool-call") names.add(part.name);
      if (part.type === "tool-result") results = true;
    }
  }
  return names.size > 0 || !results ? [...names] : ["tool"];
}

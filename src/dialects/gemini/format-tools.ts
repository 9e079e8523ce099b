import type { ChatRequest, JsonObject, Tool } from "../../canonical/chat.ts";
import { asFunctionTool } from "../custom-tools/function-tool.ts";
import { fieldName, type NamedField } from "../field-names.ts";
import type { PartContext } from "./format-part.ts";
import { geminiSchemaOf } from "./schema-out.ts";

/** Writes `tools` and `toolConfig` into the body. */
export function formatTools(request: ChatRequest, body: JsonObject, context: PartContext): void {
  if (context.own) writeOwn(request, body, context);
  else writeForeign(request, body, context);
}

function writeForeign(request: ChatRequest, body: JsonObject, context: PartContext): void {
  const warn = (field: NamedField) => context.warn(fieldName(request.dialect, field));
  const functions: JsonObject[] = [];
  let search = asksForSearch(request);
  for (const given of request.tools ?? []) {
    const tool = asFunctionTool(given, context.warn);
    if (!tool.builtin) functions.push(formatFunction(tool, context, warn));
    else if (isSearch(tool.builtin.kind)) search = true;
    else context.warn(`tools[].${tool.builtin.kind}`);
  }
  const groups: JsonObject[] = functions.length > 0 ? [{ functionDeclarations: functions }] : [];
  // "Tool use with function calling is unsupported" (400) before Gemini 3.
  if (search && functions.length > 0 && !context.generation.mixesTools) context.warn("web_search");
  else if (search) groups.push({ googleSearch: {} });
  if (groups.length > 0) body["tools"] = groups;
  if (functions.length > 0) writeToolChoice(request, body, warn);
  if (request.parallelToolCalls === false && functions.length > 0) warn("parallelToolCalls");
}

/** Anthropic's `web_search_20250305`, OpenAI's `web_search_preview` and the option of its search models. */
function isSearch(kind: string): boolean {
  return kind.startsWith("web_search");
}

export const SEARCH_OPTIONS = "web_search_options";

function asksForSearch({ extra }: ChatRequest): boolean {
  return extra?.[SEARCH_OPTIONS] !== undefined && extra[SEARCH_OPTIONS] !== null;
}

function writeOwn(request: ChatRequest, body: JsonObject, context: PartContext): void {
  if (request.tools) {
    const groups = new Map<number, JsonObject>();
    for (const tool of request.tools) {
      const number = typeof tool.spelling?.["group"] === "number" ? tool.spelling["group"] : 0;
      const group = groups.get(number) ?? {};
      groups.set(number, group);
      if (tool.builtin) Object.assign(group, tool.builtin.raw);
      else {
        const declared = Array.isArray(group["functionDeclarations"]) ? group["functionDeclarations"] : [];
        group["functionDeclarations"] = [...declared, ownFunction(tool)];
      }
    }
    body["tools"] = [...groups.values()];
  }
  const spelled = request.spelling?.["toolConfig"];
  if (spelled !== undefined) body["toolConfig"] = spelled;
  else if (request.toolChoice !== undefined) writeToolChoice(request, body, () => context.warn("toolConfig"));
}

function ownFunction(tool: Tool): JsonObject {
  const { parameters, parametersJsonSchema } = tool.spelling ?? {};
  const declared: JsonObject = { name: tool.name };
  if (tool.description !== undefined) declared["description"] = tool.description;
  if (parameters !== undefined) declared["parameters"] = parameters;
  if (parametersJsonSchema !== undefined) declared["parametersJsonSchema"] = parametersJsonSchema;
  return { ...declared, ...tool.extra };
}

function formatFunction(tool: Tool, context: PartContext, warn: (field: NamedField) => void): JsonObject {
  const declared: JsonObject = { name: tool.name };
  if (tool.description !== undefined && tool.description !== "") declared["description"] = tool.description;
  if (tool.parameters) {
    const { schema, lost } = geminiSchemaOf(tool.parameters);
    if (schema) declared["parameters"] = schema;
    if (lost) warn("toolParameters");
  }
  if (tool.strict) warn("strictTools");
  for (const [key, value] of Object.entries(tool.extra ?? {})) if (value !== null) context.warn(`tools[].${key}`);
  return declared;
}

function writeToolChoice(request: ChatRequest, body: JsonObject, warn: (field: NamedField) => void): void {
  const choice = request.toolChoice;
  if (choice === undefined) return;
  if (typeof choice === "object" && "raw" in choice) {
    warn("toolChoice");
    return;
  }
  const config: JsonObject =
    typeof choice === "object"
      ? { mode: "ANY", allowedFunctionNames: [choice.name] }
      : { mode: choice === "required" ? "ANY" : choice.toUpperCase() };
  body["toolConfig"] = { functionCallingConfig: config };
}

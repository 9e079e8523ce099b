import type { ChatRequest, Json, JsonObject, Tool } from "../../canonical/chat.ts";
import { invalid } from "./inspect.ts";
import { isObject, rest, stringOf } from "./json.ts";
import { camel } from "./proto-names.ts";
import { jsonSchemaOf } from "./schema-in.ts";

/** `tools` holds groups: functions, and tools that Google runs. `spelling.group` keeps who stood with whom. */
export function parseTools(groups: readonly Json[]): Tool[] {
  return groups.flatMap((wire, group) => {
    if (!isObject(wire)) throw invalid(`tools[${group}]`, "must be an object");
    const { functionDeclarations: functions, ...others } = camel(wire);
    if (functions !== undefined && functions !== null && !Array.isArray(functions))
      throw invalid(`tools[${group}].functionDeclarations`, "must be a list");
    const declared = (functions ?? []).map((declaration, index) => {
      if (!isObject(declaration)) throw invalid(`tools[${group}].functionDeclarations[${index}]`, "must be an object");
      return parseFunction(camel(declaration), group);
    });
    const builtin = Object.entries(others).map(
      ([kind, value]): Tool => ({
        name: kind,
        builtin: { dialect: "gemini", kind, raw: { [kind]: value } },
        spelling: { group },
      }),
    );
    return [...declared, ...builtin];
  });
}

/** `parameters` is Gemini's own schema form, `parametersJsonSchema` is JSON Schema. */
function parseFunction(declaration: JsonObject, group: number): Tool {
  const { name, description, parameters, parametersJsonSchema } = declaration;
  const schema = isObject(parametersJsonSchema)
    ? parametersJsonSchema
    : isObject(parameters)
      ? jsonSchemaOf(parameters)
      : undefined;
  const extra = rest(declaration, ["name", "description", "parameters", "parametersJsonSchema"]);
  return {
    name: stringOf(name),
    ...(typeof description === "string" && { description }),
    ...(schema && { parameters: schema }),
    ...(extra && { extra }),
    spelling: {
      group,
      ...(parameters !== undefined && { parameters }),
      ...(parametersJsonSchema !== undefined && { parametersJsonSchema }),
    },
  };
}

/** Modes without a canonical word (VALIDATED, ANY of several functions) stay as they are. */
export function parseToolChoice(toolConfig: JsonObject): ChatRequest["toolChoice"] {
  const wire = camel(toolConfig)["functionCallingConfig"];
  if (!isObject(wire)) return undefined;
  const { mode, allowedFunctionNames: names, ...others } = camel(wire);
  const listed = Array.isArray(names) ? names : [];
  if (Object.keys(others).length > 0) return { raw: toolConfig };
  if (mode === "AUTO" && listed.length === 0) return "auto";
  if (mode === "NONE") return "none";
  if (mode === "ANY" && listed.length === 0) return "required";
  if (mode === "ANY" && listed.length === 1 && typeof listed[0] === "string") return { name: listed[0] };
  return { raw: toolConfig };
}

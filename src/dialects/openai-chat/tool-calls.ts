/** Tool calls of assistant messages, in histories and in whole answers alike. */
import type { Json, JsonObject, Part, ToolCallPart } from "../../canonical/chat.ts";
import { invalid } from "./inspect.ts";
import { type Fields, fieldsOf, isEmpty, isObject, isString } from "./json.ts";

/** Takes `tool_calls` and `function_call`, its form of 2023. `param` names the message in errors. */
export function parseToolCalls(fields: Fields, spelling: JsonObject, param: string): Part[] {
  const calls = fields.take("tool_calls", isFilledList) ?? [];
  const parts = calls.map((call, index) => {
    const place = `${param}.tool_calls[${index}]`;
    if (!isObject(call)) throw invalid(place, `'${place}' must be an object.`);
    return parseCall(call);
  });
  const legacy = fields.take("function_call", isObject);
  if (legacy) {
    spelling["function_call"] = legacy;
    parts.push(legacyCall(legacy, param));
  }
  return parts;
}

function isFilledList(value: Json | undefined): value is Json[] {
  return Array.isArray(value) && value.length > 0;
}

function parseCall(wire: JsonObject): Part {
  const custom = isObject(wire["custom"]);
  const inner = wire[custom ? "custom" : "function"];
  if (!isObject(inner)) {
    const kind = isString(wire["type"]) ? wire["type"] : "tool_call";
    return { type: "opaque", dialect: "openai-chat", kind, raw: wire, spelling: { place: "tool_calls" } };
  }
  const outer = fieldsOf(wire);
  outer.drop(custom ? "custom" : "function");
  const detail = fieldsOf(inner);
  const part: ToolCallPart = {
    type: "tool-call",
    id: outer.take("id", isString) ?? "",
    name: detail.take("name", isString) ?? "",
    arguments: argumentsText(inner[custom ? "input" : "arguments"]),
  };
  if (custom) part.custom = true;
  if (isString(inner[custom ? "input" : "arguments"])) detail.drop(custom ? "input" : "arguments");
  const spelling: JsonObject = {};
  const signature = googleSignature(wire);
  if (signature !== undefined) {
    part.signature = { origin: "gemini", value: signature };
    spelling["extra_content"] = wire["extra_content"]!;
    outer.drop("extra_content");
  }
  if (wire["type"] === (custom ? "custom" : "function")) outer.drop("type");
  else if (!("type" in wire)) spelling["noType"] = true;
  const within = detail.rest();
  if (within.extra || within.neutral) spelling["inner"] = { ...within.neutral, ...within.extra };
  const { extra, neutral } = outer.rest();
  if (extra) part.extra = extra;
  if (neutral) spelling["neutral"] = neutral;
  if (!isEmpty(spelling)) part.spelling = spelling;
  return part;
}

function legacyCall(wire: JsonObject, param: string): ToolCallPart {
  return {
    type: "tool-call",
    // Without ids on the wire the place in the conversation is what tells calls apart.
    id: `function_call_${param.replace(/\D+/g, "")}`,
    name: isString(wire["name"]) ? wire["name"] : "",
    arguments: argumentsText(wire["arguments"]),
    spelling: { form: "function_call" },
  };
}

/** Arguments are JSON text; some servers (Ollama's, early vLLM) write the object itself. */
export function argumentsText(value: Json | undefined): string {
  if (isString(value)) return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** Gemini's OpenAI-compatible endpoint puts the thought signature of a call here. */
export function googleSignature(call: JsonObject): string | undefined {
  const extra = call["extra_content"];
  const google = isObject(extra) ? extra["google"] : undefined;
  const signature = isObject(google) ? google["thought_signature"] : undefined;
  return isString(signature) && signature !== "" ? signature : undefined;
}

/** The wire form of a call. `own` repeats what only this dialect wrote. */
export function formatToolCall(part: ToolCallPart, own: boolean): JsonObject {
  const spelling = own ? part.spelling : undefined;
  const inner: JsonObject = part.custom
    ? { name: part.name, input: part.arguments }
    : { name: part.name, arguments: part.arguments };
  const call: JsonObject = { id: part.id, type: part.custom ? "custom" : "function" };
  if (spelling?.["noType"]) delete call["type"];
  call[part.custom ? "custom" : "function"] = { ...inner, ...(spelling?.["inner"] as JsonObject | undefined) };
  if (spelling?.["extra_content"] !== undefined) call["extra_content"] = spelling["extra_content"];
  else if (part.signature?.origin === "gemini")
    call["extra_content"] = { google: { thought_signature: part.signature.value } };
  return own ? { ...call, ...(spelling?.["neutral"] as JsonObject | undefined), ...part.extra } : call;
}

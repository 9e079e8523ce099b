/** What Ollama refuses: Go's decoder takes unknown fields but no wrong types; a strict one names the unknown too. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { WireRefusal } from "./wire.ts";

const FIELDS = new Set([
  "model",
  "messages",
  "stream",
  "format",
  "keep_alive",
  "tools",
  "options",
  "think",
  "truncate",
  "shift",
  "logprobs",
  "top_logprobs",
]);
const MESSAGE_FIELDS = new Set(["role", "content", "thinking", "images", "tool_calls", "tool_name", "tool_call_id"]);
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function refuseOllama(body: JsonObject, strict: boolean): WireRefusal | undefined {
  if (typeof body["model"] !== "string" || body["model"] === "") return refusal("model is required");
  const unknown = strict ? Object.keys(body).find((name) => !FIELDS.has(name)) : undefined;
  if (unknown) return refusal(`json: unknown field "${unknown}"`);
  const { messages, options, format } = body;
  if (!Array.isArray(messages)) return refusal("messages is required");
  if (options !== undefined && !isObject(options))
    return refusal("json: cannot unmarshal into Go struct field ChatRequest.options of type map[string]interface {}");
  if (format !== undefined && format !== "" && format !== "json" && !isObject(format))
    return refusal('invalid format: expected "json" or a JSON schema');
  for (const [index, message] of (messages as JsonObject[]).entries()) {
    const fault = refuseMessage(message, index, strict);
    if (fault) return fault;
  }
  return undefined;
}

function refuseMessage(message: JsonObject, index: number, strict: boolean): WireRefusal | undefined {
  const unknown = strict ? Object.keys(message).find((name) => !MESSAGE_FIELDS.has(name)) : undefined;
  if (unknown) return refusal(`json: unknown field "${unknown}"`);
  if (!["system", "user", "assistant", "tool"].includes(message["role"] as string))
    return refusal(`messages[${index}]: role must be one of "system", "user", "assistant", or "tool"`);
  if (message["content"] !== undefined && typeof message["content"] !== "string")
    return refusal("json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string");
  for (const image of (message["images"] ?? []) as Json[])
    if (typeof image !== "string" || !BASE64.test(image)) return refusal("illegal base64 data at input byte 0");
  for (const call of (message["tool_calls"] ?? []) as JsonObject[])
    if (!isObject((call["function"] as JsonObject | undefined)?.["arguments"]))
      return refusal(
        "json: cannot unmarshal string into Go struct field ToolCallFunction.messages.tool_calls.function.arguments of type api.ToolCallFunctionArguments",
      );
  return undefined;
}

function isObject(value: Json | undefined): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refusal(message: string): WireRefusal {
  return { refused: "invalid_request", message };
}

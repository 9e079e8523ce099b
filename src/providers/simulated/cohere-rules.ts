/** What Cohere's chat API refuses with a 400 before any model runs. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { WireRefusal } from "./wire.ts";

const FIELDS = new Set([
  "model",
  "messages",
  "stream",
  "tools",
  "strict_tools",
  "tool_choice",
  "documents",
  "citation_options",
  "response_format",
  "safety_mode",
  "max_tokens",
  "stop_sequences",
  "temperature",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "k",
  "p",
  "logprobs",
  "thinking",
  "priority",
  "raw_prompting",
]);
const RANGES: readonly (readonly [field: string, min: number, max: number])[] = [
  ["temperature", 0, 1],
  ["p", 0.01, 0.99],
  ["k", 0, 500],
  ["frequency_penalty", 0, 1],
  ["presence_penalty", 0, 1],
];
const BLOCKS: Readonly<Record<string, readonly string[]>> = {
  system: ["text"],
  user: ["text", "image_url"],
  assistant: ["text", "thinking"],
  tool: ["text", "document"],
};

export function refuseCohere(body: JsonObject, strict: boolean): WireRefusal | undefined {
  if (typeof body["model"] !== "string" || body["model"] === "") return refusal("model is required.");
  const unknown = strict ? Object.keys(body).find((name) => !FIELDS.has(name)) : undefined;
  if (unknown) return refusal(`unknown field: parameter '${unknown}' is not a valid field.`);
  for (const [field, min, max] of RANGES) {
    const value = body[field];
    if (value !== undefined && (typeof value !== "number" || value < min || value > max))
      return refusal(`${field} must be between ${min} and ${max} inclusive.`);
  }
  if (Array.isArray(body["stop_sequences"]) && body["stop_sequences"].length > 5)
    return refusal("stop_sequences must have at most 5 elements.");
  if (body["tool_choice"] !== undefined && !["REQUIRED", "NONE"].includes(body["tool_choice"] as string))
    return refusal("tool_choice must be one of REQUIRED, NONE.");
  if (body["response_format"] && body["tools"]) return refusal("response_format is not supported with tools.");
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0) return refusal("messages must not be empty.");
  return refuseMessages(messages as JsonObject[]);
}

/** Every call is answered by tool messages right after it, nothing else is, and the assistant is not last. */
function refuseMessages(messages: JsonObject[]): WireRefusal | undefined {
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const role = message["role"] as string;
    const allowed = BLOCKS[role];
    if (!allowed) return refusal(`messages[${index}].role: unknown role '${role}'.`);
    if (role === "tool") {
      if (!open.delete(message["tool_call_id"] as string))
        return refusal(`tool call id not found in previous tool calls: ${message["tool_call_id"]}.`);
    } else if (open.size > 0) return refusal(`missing tool results for tool calls: ${[...open].join(", ")}.`);
    const calls = (message["tool_calls"] ?? []) as JsonObject[];
    const fault = refuseContent(message["content"], allowed, index) ?? refuseCalls(calls, role, index);
    if (fault) return fault;
    if ((message["content"] ?? "") === "" && calls.length === 0)
      return refusal(`messages[${index}].content must be at least 1 token long.`);
    if (role === "assistant") open = new Set(calls.map((call) => call["id"] as string));
  }
  if (open.size > 0) return refusal(`missing tool results for tool calls: ${[...open].join(", ")}.`);
  const last = messages.at(-1)!["role"];
  if (last === "assistant") return { refused: "prefill_refused" };
  return messages.some(({ role }) => role === "user") ? undefined : refusal("at least one user message is required.");
}

function refuseContent(content: Json | undefined, allowed: readonly string[], index: number): WireRefusal | undefined {
  if (content === undefined || typeof content === "string") return undefined;
  if (!Array.isArray(content) || content.length === 0)
    return refusal(`messages[${index}].content must be a string or a list.`);
  for (const block of content as JsonObject[]) {
    const type = block["type"] as string;
    if (!allowed.includes(type))
      return refusal(`messages[${index}].content: type '${type}' is not allowed for this role.`);
    if (type === "text" && block["text"] === "") return refusal(`messages[${index}].content: text must not be empty.`);
    const url = (block["image_url"] as JsonObject | undefined)?.["url"];
    if (type === "image_url" && !/^(https?:|data:image\/)/.test(String(url)))
      return refusal(`messages[${index}].content: image_url must be a URL or a data URL of an image.`);
  }
  return undefined;
}

function refuseCalls(calls: readonly JsonObject[], role: string, index: number): WireRefusal | undefined {
  if (calls.length > 0 && role !== "assistant") return refusal(`messages[${index}]: only assistants call tools.`);
  for (const { id, type, function: called } of calls) {
    const { name, arguments: json } = (called ?? {}) as JsonObject;
    if (typeof id !== "string" || id === "" || type !== "function" || typeof name !== "string")
      return refusal(`messages[${index}].tool_calls: each call needs an id, a type and a name.`);
    try {
      JSON.parse(String(json));
    } catch {
      return refusal(`messages[${index}].tool_calls: arguments must be valid JSON.`);
    }
  }
  return undefined;
}

function refusal(message: string): WireRefusal {
  return { refused: "invalid_request", message: `invalid request: ${message}` };
}
